"""An SMTP sink on a loopback port: takes every mail, judges its form, and writes one JSON line per mail to standard output.

The first line is `listening on PORT`. A mail is written down before it is answered, so a client that got 250 finds it
here. `problems` lists what is wrong with a mail's form, by Python's strict reading of it; a mail without problems has [].
"""

import argparse
import asyncio
import base64
import datetime
import email
import email.errors
import email.policy
import email.utils
import ipaddress
import json
import re
import signal
import ssl
import tempfile

from aiosmtpd.smtp import SMTP, AuthResult

HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted"]


def judged(raw, is_international=False):
    """What a mail says, and what is wrong with its form. An international one (RFC 6532) holds addresses in UTF-8."""
    problems = []
    if not is_international and any(byte > 126 or (byte < 32 and byte not in b"\r\n\t") for byte in raw):
        problems.append("it holds bytes that are not printable ASCII")
    lines = raw.split(b"\r\n")
    if any(b"\n" in line or b"\r" in line for line in lines):
        problems.append("a line does not end with CR LF")
    if max(map(len, lines)) > 998:
        problems.append("a line is longer than 998")
    message = email.message_from_string(raw.decode(), policy=email.policy.SMTPUTF8)
    for part in message.walk():
        problems += [f"{part.get_content_type()}: {defect!r}" for defect in part.defects]
        for name, value in part.items():
            defects = getattr(value, "defects", [])
            if is_international:
                defects = [defect for defect in defects if not isinstance(defect, email.errors.NonASCIILocalPartDefect)]
            problems += [f"{name}: {defect!r}" for defect in defects]
    for name in HEADERS:
        if len(message.get_all(name, [])) != 1:
            problems.append(f"{name} stands there {len(message.get_all(name, []))} times")
    bodies = {}
    for kind in ["plain", "html"]:
        body = message.get_body((kind,))
        if body is None:
            problems.append(f"it has no text/{kind}")
        else:
            bodies[kind] = body.get_content()
    html = bodies.get("html", "")
    if re.search(r"<script|<link|@import|url\(|\bon\w+=", html.split("<body")[0] + re.sub(r">[^<]*<", "><", html)):
        problems.append("its HTML holds a script or loads something")
    if re.search(r"<img[^>]*src=\"(?!cid:)", html):
        problems.append("its HTML has a picture from elsewhere")
    sent = email.utils.parsedate_to_datetime(str(message["Date"]))
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "from_name": message["From"].addresses[0].display_name,
        "from_address": message["From"].addresses[0].addr_spec,
        "to_header": [address.addr_spec for address in message["To"].addresses],
        "subject": str(message["Subject"]),
        "message_id": str(message["Message-ID"]),
        "date": sent.isoformat(),
        "structure": [part.get_content_type() for part in message.walk()],
        "text": bodies.get("plain", ""),
        "html": html,
        "problems": problems,
    }


class Sink:
    """Takes every mail. A login by XOAUTH2 needs the token that is in the file at that moment."""

    def __init__(self, token_file=None):
        self.token_file = token_file

    async def auth_XOAUTH2(self, server, args):
        sent = base64.b64decode(args[1]) if len(args) > 1 else await server.challenge_auth("")
        user, bearer = re.fullmatch(rb"user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", sent).groups()
        with open(self.token_file, "rb") as file:
            is_right = bearer == file.read().strip()
        if not is_right:
            # The server's reason is a challenge, which the client answers by an empty line.
            await server.challenge_auth(base64.b64encode(b'{"status":"401"}').decode(), encode_to_b64=False)
        return AuthResult(success=is_right, auth_data=user, handled=False)

    async def handle_DATA(self, server, session, envelope):
        line = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": session.ssl is not None,
            "user": session.auth_data.decode() if session.auth_data else None,
            **judged(envelope.content, envelope.smtp_utf8),
        }
        print(json.dumps(line), flush=True)
        return "250 2.0.0 taken"


def certificate_for(names, authority_file):
    """A certificate for a server on this machine, by an authority that is made for it, which is written to a file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)

    def made(subject, key, issuer, issuer_key, extension, critical):
        name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
        builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - day).not_valid_after(now + day)
        return builder.add_extension(extension, critical).sign(issuer_key, hashes.SHA256())

    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = made("Test authority", authority_key, "Test authority", authority_key,
                     x509.BasicConstraints(ca=True, path_length=None), True)
    hosts = [x509.DNSName(name) for name in names] + [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = made(names[0], key, "Test authority", authority_key, x509.SubjectAlternativeName(hosts), False)
    pem = serialization.Encoding.PEM
    with open(authority_file, "wb") as file:
        file.write(authority.public_bytes(pem))
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate.public_bytes(pem))
        file.write(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        file.flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file.name)
    return context


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--authority", metavar="FILE",
                        help="insist on STARTTLS; the authority of its certificate for `localhost` is written to FILE")
    parser.add_argument("--login", metavar="USER:PASSWORD", help="insist on this login")
    parser.add_argument("--token", metavar="FILE", help="insist on a login by XOAUTH2 with the token in FILE")
    parser.add_argument("--utf8", action="store_true", help="offer SMTPUTF8")
    arguments = parser.parse_args()
    options = {"decode_data": False}
    if arguments.authority:
        options |= {"tls_context": certificate_for(["localhost"], arguments.authority), "require_starttls": True}
    if arguments.utf8:
        options |= {"enable_SMTPUTF8": True}
    if arguments.token:
        options |= {"auth_required": True}
    if arguments.login:
        def authenticator(server, session, envelope, mechanism, data):
            is_right = data.login + b":" + data.password == arguments.login.encode()
            return AuthResult(success=is_right, auth_data=data.login, handled=False)
        options |= {"authenticator": authenticator, "auth_required": True}
    asyncio.run(serve(Sink(arguments.token) if arguments.token else Sink(), options))


async def serve(sink, options):
    """Serves until it is asked to end."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for ending in [signal.SIGTERM, signal.SIGINT]:
        loop.add_signal_handler(ending, ended.set)
    server = await loop.create_server(lambda: SMTP(sink, **options), "127.0.0.1", 0)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await ended.wait()


if __name__ == "__main__":
    main()
