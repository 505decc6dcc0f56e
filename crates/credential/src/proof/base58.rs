//! base58btc: a decoder, an encoder for one proof, and a faster one for the proofs of a batch.
//!
//! Base 58 is a change of radix over the whole number, so the usual algorithm takes quadratic time for each proof: 1.7
//! ms for a proof of a batch of 500, hundreds of times the cost of hashing its document. But a proof is a sum: each
//! step and the target hash are ten words of seven bytes at a known offset, and their values are these words times
//! powers of 256 that depend only on the offset. The powers are computed once, in radix 58^10; a proof is the sum of
//! words times powers; and the proofs of a batch share the sums of the common parts of their paths, from the root down
//! (all proofs share the tail, and both proofs of a credential the whole path of its node).
//!
//! One proof by itself is the sum of all its words times the powers of 2^56, which are computed once for all proofs.
//!
//! Invariant: no sum overflows. A step's words begin with a byte of at most 0x83, so they are below 2^55.04; a limb of
//! a power is below 2^58.58; a proof of [`MAX_STEPS`] steps has fewer than 700 words. Together that is below 2^123.2. Of one proof
//! by itself the words are below 2^56, and there are at most [`TABLE_WORDS`]: below 2^123.

use std::sync::LazyLock;

use super::cbor::{self, STEP_BYTES};
use super::{AnchorChain, MAX_STEPS, ProofValue};
use crate::hash::Hash;
use crate::merkle::PathStep;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// 58^5: five digits.
const HALF_LIMB: u64 = 656_356_768;
/// 58^10: ten digits, the most that 64 bits hold.
const LIMB: u64 = HALF_LIMB * HALF_LIMB;
/// floor(2^122 / 58^10), for division by multiplication.
const RECIPROCAL: u64 = 12_341_829_299_687_362_710;

/// 58^2: two digits, which are written together.
const PAIR: u64 = 58 * 58;
const LIMB_DIGITS: usize = 10;

/// The two digits of every number below 58^2.
static PAIRS: LazyLock<Vec<[u8; 2]>> =
    LazyLock::new(|| ALPHABET.iter().flat_map(|high| ALPHABET.iter().map(|low| [*high, *low])).collect());

const WORD_BYTES: usize = 7;
/// 2^56: the factor between two words.
const WORD: u64 = 1 << 56;
const STEP_WORDS: usize = STEP_BYTES / WORD_BYTES;

/// The words of the longest number that is encoded by the table of powers: a proof of 26 steps.
pub(super) const TABLE_WORDS: usize = 320;

/// The powers of 2^56, from the zeroth: what each word of a number counts.
static POWERS: LazyLock<Vec<Limbs>> = LazyLock::new(|| {
    let powers = std::iter::successors(Some(vec![1]), |power: &Limbs| Some(times(power, WORD)));
    powers.take(TABLE_WORDS).collect()
});

/// A number in radix 58^10, least significant limb first. The limbs of a [`Sum`] may exceed the radix.
type Limbs = Vec<u64>;
type Sum = Vec<u128>;

/// An encoder of the `proofValue`s of one batch. The texts are those of [`ProofValue::encode`], which is much slower
/// for many.
///
/// It is fastest if credentials that are neighbors in the tree follow each other, and the two proofs of a credential.
pub struct Encoder {
    merkle_root: Hash,
    chain: AnchorChain,
    transaction_hash: Hash,
    /// The value of everything after the steps, without the target hash.
    tail: Sum,
    target: StepPowers,
    /// The powers of each step's offset, the last step of a path (at the root) first.
    step_powers: Vec<StepPowers>,
    /// The power of the byte above the last of `step_powers`.
    above: Limbs,
    /// The path of the previous proof, from the root down. Entries beyond `used` are buffers for reuse.
    previous_path: Vec<SummedStep>,
    used: usize,
    sum: Sum,
}

impl Encoder {
    /// Creates an encoder for a batch, anchored by one transaction.
    pub fn new(merkle_root: Hash, chain: AnchorChain, transaction_hash: Hash) -> Self {
        let mut bytes = Vec::with_capacity(512);
        cbor::tail(&mut bytes, &merkle_root, &Hash::new([0; 32]), chain, &transaction_hash);
        // The tail consists of root, target and anchors. The target hash is added for each proof.
        let after_target = bytes.len().saturating_sub(2 * STEP_BYTES);
        for byte in bytes.iter_mut().skip(STEP_BYTES).take(STEP_BYTES) {
            *byte = 0;
        }
        let mut tail = Sum::new();
        let mut power = vec![1];
        for word in bytes.rchunks(WORD_BYTES) {
            add_word(&mut tail, &power, number(word));
            power = times(&power, WORD);
        }
        let (target, _) = StepPowers::new(power_of_256(after_target));
        let above = power_of_256(bytes.len());
        Self {
            merkle_root,
            chain,
            transaction_hash,
            tail,
            target,
            step_powers: Vec::new(),
            above,
            previous_path: Vec::new(),
            used: 0,
            sum: Sum::new(),
        }
    }

    /// Encodes the `proofValue` of a document from its leaf and the path to the root.
    pub fn encode(&mut self, target_hash: &Hash, path: &[PathStep]) -> String {
        if path.len() > MAX_STEPS {
            return self.encode_whole(target_hash, path);
        }
        let known = self
            .previous_path
            .iter()
            .take(self.used)
            .zip(path.iter().rev())
            .take_while(|(known, step)| known.step == **step);
        let known = known.count();
        self.previous_path.resize_with(self.previous_path.len().max(path.len()), SummedStep::default);
        for (position, step) in path.iter().rev().enumerate().skip(known) {
            if self.step_powers.len() == position {
                let (powers, above) = StepPowers::new(std::mem::take(&mut self.above));
                self.step_powers.push(powers);
                self.above = above;
            }
            let Some(powers) = self.step_powers.get(position) else { continue };
            let (up_to_here, here) = self.previous_path.split_at_mut(position);
            let Some(here) = here.first_mut() else { continue };
            here.step = *step;
            here.sum.clear();
            here.sum.extend_from_slice(up_to_here.last().map_or(&self.tail, |below| &below.sum));
            powers.add(&mut here.sum, &cbor::step(step));
        }
        self.used = path.len();
        self.sum.clear();
        let last = path.len().checked_sub(1).and_then(|index| self.previous_path.get(index));
        self.sum.extend_from_slice(last.map_or(&self.tail, |step| &step.sum));
        // The target hash has the encoding of a right step.
        self.target.add(&mut self.sum, &cbor::step(&PathStep::Right(*target_hash)));
        let mut head = Vec::with_capacity(8);
        cbor::head(&mut head, path.len());
        match self.step_powers.get(path.len()) {
            Some(powers) => add_first_word(&mut self.sum, powers, number(&head)),
            None => add_word(&mut self.sum, &self.above, number(&head)),
        }
        text(&mut self.sum)
    }

    /// Encodes by the usual algorithm, for paths beyond [`MAX_STEPS`], which no decoder accepts.
    fn encode_whole(&self, target_hash: &Hash, path: &[PathStep]) -> String {
        let bytes = cbor::encode(&ProofValue {
            path: path.to_vec(),
            merkle_root: self.merkle_root,
            target_hash: *target_hash,
            chain: self.chain,
            transaction_hash: self.transaction_hash,
        });
        format!("z{}", bs58::encode(bytes).into_string())
    }
}

/// Encodes a number that does not begin with a zero byte, after the multibase prefix. Returns `None` if it has more than
/// [`TABLE_WORDS`] words.
pub(super) fn encode(bytes: &[u8]) -> Option<String> {
    if bytes.len() > TABLE_WORDS * WORD_BYTES {
        return None;
    }
    let mut sum = Sum::with_capacity(bytes.len() / WORD_BYTES + 1);
    for (word, power) in bytes.rchunks(WORD_BYTES).zip(POWERS.iter()) {
        add_word(&mut sum, power, number(word));
    }
    Some(text(&mut sum))
}

/// Decodes a base58btc text without its multibase prefix. Returns `None` for a character outside the alphabet.
///
/// It adds ten digits at a time to a number of 64-bit limbs, least significant first.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut limbs: Limbs = Vec::with_capacity(text.len() / 10);
    // Grouped from the right, so that only the first group may have fewer than ten digits.
    for group in text.as_bytes().rchunks(10).rev() {
        let (mut factor, mut carry) = (1_u64, 0_u64);
        for byte in group {
            let digit = ALPHABET.iter().position(|digit| digit == byte)?;
            factor *= 58;
            carry = carry * 58 + u64::try_from(digit).ok()?;
        }
        for limb in &mut limbs {
            let value = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            *limb = u64::try_from(value & u128::from(u64::MAX)).ok()?;
            carry = u64::try_from(value >> 64).ok()?;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let bytes: Vec<u8> =
        limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).skip_while(|byte| *byte == 0).collect();
    let zeros = text.bytes().take_while(|byte| *byte == b'1').count();
    Some([vec![0; zeros], bytes].concat())
}

/// A step, with the sum of the tail and of all steps from the root down to it.
struct SummedStep {
    step: PathStep,
    sum: Sum,
}

impl Default for SummedStep {
    fn default() -> Self {
        Self { step: PathStep::Left(Hash::new([0; 32])), sum: Sum::new() }
    }
}

/// The powers of 256 of the ten words of a step at one offset, limb by limb.
struct StepPowers {
    powers: Vec<[u64; STEP_WORDS]>,
}

impl StepPowers {
    /// Computes the powers from that of the lowest byte. Returns the power of the byte above them too.
    fn new(lowest: Limbs) -> (Self, Limbs) {
        let mut powers: Vec<[u64; STEP_WORDS]> = Vec::new();
        let mut power = lowest;
        for word in 0..STEP_WORDS {
            powers.resize(powers.len().max(power.len()), [0; STEP_WORDS]);
            for (limb, value) in powers.iter_mut().zip(&power) {
                if let Some(slot) = limb.get_mut(word) {
                    *slot = *value;
                }
            }
            power = times(&power, WORD);
        }
        (Self { powers }, power)
    }

    fn add(&self, sum: &mut Sum, step: &[u8; STEP_BYTES]) {
        let mut words = [0; STEP_WORDS];
        for (word, bytes) in words.iter_mut().zip(step.rchunks_exact(WORD_BYTES)) {
            *word = number(bytes);
        }
        sum.resize(sum.len().max(self.powers.len()), 0);
        for (limb, powers) in sum.iter_mut().zip(&self.powers) {
            let products =
                words.iter().zip(powers).map(|(word, power)| u128::from(*word) * u128::from(*power));
            *limb += products.sum::<u128>();
        }
    }
}

/// Adds a word at the lowest byte of an offset.
fn add_first_word(sum: &mut Sum, powers: &StepPowers, word: u64) {
    sum.resize(sum.len().max(powers.powers.len()), 0);
    for (limb, [power, ..]) in sum.iter_mut().zip(&powers.powers) {
        *limb += u128::from(word) * u128::from(*power);
    }
}

fn add_word(sum: &mut Sum, power: &[u64], word: u64) {
    sum.resize(sum.len().max(power.len()), 0);
    for (limb, power) in sum.iter_mut().zip(power) {
        *limb += u128::from(word) * u128::from(*power);
    }
}

/// Parses up to eight bytes, big-endian.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn power_of_256(exponent: usize) -> Limbs {
    let whole = (0..exponent / WORD_BYTES).fold(vec![1], |power, _| times(&power, WORD));
    (0..exponent % WORD_BYTES).fold(whole, |power, _| times(&power, 256))
}

/// Multiplies a number by a factor of at most 2^56.
fn times(limbs: &[u64], factor: u64) -> Limbs {
    let mut product = Limbs::with_capacity(limbs.len().saturating_add(1));
    let mut carry = 0;
    for limb in limbs {
        let (quotient, rest) = divide(u128::from(*limb) * u128::from(factor) + carry);
        product.push(rest);
        carry = quotient;
    }
    let (_, rest) = divide(carry);
    if rest > 0 {
        product.push(rest);
    }
    product
}

/// Divides a number below 2^124 by 58^10. Returns quotient and remainder.
fn divide(value: u128) -> (u128, u64) {
    // Both factors are rounded down, so the estimate is at most seven too low.
    let high = u64::try_from(value >> 60).unwrap_or(u64::MAX);
    let estimate = (u128::from(high) * u128::from(RECIPROCAL)) >> 62;
    let rest = u64::try_from(value.wrapping_sub(estimate.wrapping_mul(u128::from(LIMB)))).unwrap_or(u64::MAX);
    (estimate + u128::from(rest / LIMB), rest % LIMB)
}

/// Carries a sum and writes its digits after the multibase prefix.
fn text(sum: &mut Sum) -> String {
    let mut carry = 0;
    for limb in sum.iter_mut() {
        let (quotient, rest) = divide(*limb + carry);
        *limb = u128::from(rest);
        carry = quotient;
    }
    while carry > 0 {
        let (quotient, rest) = divide(carry);
        sum.push(u128::from(rest));
        carry = quotient;
    }
    let pairs = PAIRS.as_slice();
    let mut digits = vec![b'1'; sum.len().saturating_mul(LIMB_DIGITS)];
    for (limb, ten) in sum.iter().rev().zip(digits.chunks_exact_mut(LIMB_DIGITS)) {
        let limb = u64::try_from(*limb).unwrap_or(0);
        let (high, low) = ten.split_at_mut(LIMB_DIGITS / 2);
        write_half(limb / HALF_LIMB, high, pairs);
        write_half(limb % HALF_LIMB, low, pairs);
    }
    // The number has no leading zeros, since its first byte is 0x84.
    let leading = digits.iter().take_while(|digit| **digit == b'1').count();
    let mut text = String::with_capacity(digits.len().saturating_add(1));
    text.push('z');
    text.push_str(
        digits.get(leading..).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default(),
    );
    text
}

/// Writes five digits: a single one and two pairs.
fn write_half(half: u64, digits: &mut [u8], pairs: &[[u8; 2]]) {
    let pair = |value: u64| {
        usize::try_from(value).ok().and_then(|value| pairs.get(value)).copied().unwrap_or([b'1'; 2])
    };
    if let [first, second, third, fourth, fifth] = digits {
        let above = half / PAIR;
        [_, *first] = pair(above / PAIR);
        [*second, *third] = pair(above % PAIR);
        [*fourth, *fifth] = pair(half % PAIR);
    }
}
