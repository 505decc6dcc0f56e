use learncoin_credential::canonicalize::*;
use learncoin_credential::merkle::*;
use learncoin_credential::proof::*;
use learncoin_credential::*;
use std::time::*;
fn best(n: &str, k: usize, mut f: impl FnMut()) {
    let mut b = Duration::MAX;
    for _ in 0..60 {
        let t = Instant::now();
        f();
        b = b.min(t.elapsed());
    }
    println!("{n}: {:.2} us per credential", b.as_secs_f64() * 1e6 / k as f64);
}
fn main() {
    let v = json::parse(&std::fs::read("/tmp/corpus.json").unwrap()).unwrap();
    let docs: Vec<Document> = v.as_array().unwrap().iter().map(|v| Document::from_json(v).unwrap()).collect();
    let n = docs.len();
    let mut c = Canonicalizer::default();
    let mut s = String::new();
    best("canon full", n, || {
        for d in &docs {
            c.canonicalize(d, &mut s);
            std::hint::black_box(&s);
        }
    });
    best("canon red", n, || {
        for d in &docs {
            c.canonicalize_redacted(d, &mut s);
            std::hint::black_box(&s);
        }
    });
    best("leaves", n, || {
        for d in &docs {
            std::hint::black_box(c.leaves(d));
        }
    });
    let texts: Vec<String> = docs.iter().flat_map(|d| [d.canonical(), d.redacted().canonical()]).collect();
    best("sha", n, || {
        for t in &texts {
            std::hint::black_box(Hash::sha256(t.as_bytes()));
        }
    });
    let l: Vec<_> = docs.iter().map(|d| c.leaves(d)).collect();
    let mut dl = vec![];
    best("double", n, || {
        dl = l.iter().enumerate().map(|(i, x)| DoubleLeaf::new(x.full, [i as u8; 32], x.redacted)).collect();
    });
    let mut tree = None;
    best("tree", n, || {
        tree = Some(Tree::build(dl.iter().map(|x| x.node).collect()).unwrap());
    });
    let tree = tree.unwrap();
    let mut ps = vec![];
    best("paths", n, || {
        ps = dl
            .iter()
            .map(|x| {
                let p = tree.path(&x.node).unwrap();
                (x.path_full(&p), x.path_redacted(&p))
            })
            .collect();
    });
    best("encode", n, || {
        let mut e = Encoder::new(tree.root(), AnchorChain::BaseSepolia, tree.root());
        for ((a, b), x) in ps.iter().zip(&l) {
            std::hint::black_box(e.encode(&x.full, a));
            std::hint::black_box(e.encode(&x.redacted, b));
        }
    });
    best("encode1", n, || {
        let mut e = Encoder::new(tree.root(), AnchorChain::BaseSepolia, tree.root());
        for ((a, _), x) in ps.iter().zip(&l).take(1) {
            std::hint::black_box(e.encode(&x.full, a));
        }
    });
    let mut z: Vec<_> = ps.iter().zip(&l).zip(&dl).collect();
    z.sort_by_key(|x| x.1.node);
    best("encode sorted", n, || {
        let mut e = Encoder::new(tree.root(), AnchorChain::BaseSepolia, tree.root());
        for (((a, b), x), _) in &z {
            std::hint::black_box(e.encode(&x.full, a));
            std::hint::black_box(e.encode(&x.redacted, b));
        }
    });
}
