//! All mutants of a source woven into it: each sleeps until it is asked for by its number.
//!
//! `a + b` becomes `(if on(7) { a - b } else { a + b })`, a body begins with `if on(8) { return …; }`, an arm of a match
//! asks `if !on(9)`.
//! So one build holds them all, and a mutant costs a run of tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use syn::{
    Arm, BinOp, Block, Expr, ExprBinary, ExprMatch, ExprUnary, ImplItemFn, ItemFn, Signature, TraitItemFn,
    spanned::Spanned,
    visit::{self, Visit},
};

use crate::listed::{Genre, Mutant, Place};

/// A source with its mutants, and which of its bytes belong to which.
pub struct Woven {
    pub text: String,
    /// The bytes that stand for one mutant alone.
    pub own: Vec<(Range<usize>, usize)>,
    /// The bytes around which mutants were put.
    pub around: Vec<(Range<usize>, Vec<usize>)>,
    /// The bytes of whole matches, and the mutants that take an arm from them.
    pub matches: Vec<(Range<usize>, Vec<usize>)>,
    /// Mutants that cannot be woven.
    pub left: Vec<usize>,
}

/// Where expressions are, by the place of their operator, pattern or guard.
#[derive(Default)]
struct Places {
    binary: BTreeMap<Place, [Place; 4]>,
    unary: BTreeMap<Place, [Place; 3]>,
    arms: BTreeMap<Place, Place>,
    /// Where matches begin and end, and where their arms begin.
    matches: Vec<([Place; 2], Vec<Place>)>,
    constants: Vec<(String, Place)>,
    /// Bodies of functions that return a type without a name: all that they return must be of the same.
    nameless: BTreeSet<Place>,
}

fn start(span: proc_macro2::Span) -> Place {
    Place { line: span.start().line, column: span.start().column + 1 }
}

fn end(span: proc_macro2::Span) -> Place {
    Place { line: span.end().line, column: span.end().column + 1 }
}

/// Tells whether a condition binds names: its operators can only be `&&`.
fn binds(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(ExprBinary { left, op: BinOp::And(_), right, .. }) => binds(left) || binds(right),
        _ => false,
    }
}

impl Places {
    fn function(&mut self, signature: &Signature, body: &Block) {
        let nameless = quote::ToTokens::to_token_stream(&signature.output).to_string().contains("impl ");
        if let Some(first) = body.stmts.first().filter(|_| nameless) {
            self.nameless.insert(start(first.span()));
        }
        if let Some(constant) = signature.constness {
            self.constants.push((signature.ident.to_string(), start(constant.span)));
        }
    }
}

impl<'ast> Visit<'ast> for Places {
    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        if !binds(&binary.left) && !binds(&binary.right) {
            let ends = [start(binary.span()), end(binary.left.span()), start(binary.right.span()), end(binary.span())];
            self.binary.insert(start(binary.op.span()), ends);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast ExprUnary) {
        let ends = [start(unary.span()), start(unary.expr.span()), end(unary.span())];
        self.unary.insert(start(unary.op.span()), ends);
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_match(&mut self, whole: &'ast ExprMatch) {
        let arms = whole.arms.iter().map(|arm| start(arm.span())).collect();
        self.matches.push(([start(whole.span()), end(whole.span())], arms));
        visit::visit_expr_match(self, whole);
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        self.arms.insert(start(arm.span()), end(arm.pat.span()));
        visit::visit_arm(self, arm);
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(body) = &function.default {
            self.function(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

/// Bytes of a source, by lines and columns.
struct Lines<'text> {
    text: &'text str,
    starts: Vec<usize>,
}

impl<'text> Lines<'text> {
    fn of(text: &'text str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn at(&self, place: Place) -> usize {
        let begin = self.starts[place.line - 1];
        let mut characters = self.text[begin..].char_indices();
        characters.nth(place.column - 1).map_or(self.text.len(), |(offset, _)| begin + offset)
    }

    fn between(&self, from: Place, to: Place) -> &'text str {
        &self.text[self.at(from)..self.at(to)]
    }
}

/// Text put around a range of the source, and what of it is one mutant's own.
struct Wrap {
    range: Range<usize>,
    before: String,
    own: Vec<(Range<usize>, usize)>,
    after: String,
    mutants: Vec<usize>,
}

/// Weaves numbered mutants into a source; functions named in `constant` stay what constants can call.
pub fn weave(text: &str, mutants: &[(usize, &Mutant)], on: &str, constant: &[String]) -> Result<Woven, String> {
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let mut places = Places::default();
    places.visit_file(&file);
    let lines = Lines::of(text);
    let mut left = Vec::new();
    let mut wraps: BTreeMap<(usize, usize), Wrap> = BTreeMap::new();
    for (number, mutant) in mutants {
        let Some((range, before, after)) = changed(mutant, &places, &lines) else {
            left.push(*number);
            continue;
        };
        // A body begins before what it begins with.
        let outer = if range.is_empty() { 0 } else { usize::MAX - range.end };
        let wrap = wraps.entry((range.start, outer)).or_insert_with(|| Wrap {
            range,
            before: String::new(),
            own: Vec::new(),
            after: String::new(),
            mutants: Vec::new(),
        });
        let [opened, changed] = before;
        wrap.before.push_str(&opened.replace("ON", &format!("{on}({number}u32)")));
        let own = wrap.before.len();
        wrap.before.push_str(&changed);
        wrap.own.push((own..wrap.before.len(), *number));
        wrap.after = after;
        wrap.mutants.push(*number);
    }
    let mut insertions: Vec<(usize, bool, usize, &str, Option<usize>)> = Vec::new();
    let mut wraps: Vec<Wrap> = wraps.into_values().collect();
    for wrap in &mut wraps {
        if wrap.after == ")" {
            // The mutants of an expression are the branches of one condition.
            wrap.before.insert(0, '(');
            wrap.own.iter_mut().for_each(|(range, _)| *range = range.start + 1..range.end + 1);
            wrap.before.push_str(" { ");
            wrap.after = " })".to_owned();
        }
    }
    for (index, wrap) in wraps.iter().enumerate() {
        // Outer before inner where both begin, inner before outer where both end.
        insertions.push((wrap.range.start, true, index, &wrap.before, Some(index)));
        if !wrap.after.is_empty() {
            insertions.push((wrap.range.end, false, usize::MAX - index, &wrap.after, None));
        }
    }
    insertions.sort_by_key(|(at, begins, order, ..)| (*at, *begins, *order));
    let woven = |place: Place, with: bool| {
        let here = lines.at(place);
        let before = insertions.iter().take_while(|(at, ..)| *at < here || (with && *at == here));
        here + before.map(|(_, _, _, inserted, _)| inserted.len()).sum::<usize>()
    };
    let of_arms = places.matches.iter().map(|([begin, finish], arms)| {
        let of_match = mutants.iter().filter(|(_, one)| one.genre == Genre::MatchArm && arms.contains(&one.span.start));
        (woven(*begin, false)..woven(*finish, true), of_match.map(|(number, _)| *number).collect::<Vec<_>>())
    });
    let matches = of_arms.filter(|(_, numbers)| !numbers.is_empty()).collect();
    let mut source = text.to_owned();
    for (name, place) in &places.constants {
        if !constant.contains(name) {
            let at = lines.at(*place);
            source.replace_range(at..at + "const".len(), "     ");
        }
    }
    let (mut out, mut own, mut starts) = (String::new(), Vec::new(), BTreeMap::new());
    let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
    let mut from = 0;
    for (at, _, order, inserted, wrap) in insertions {
        out.push_str(&source[from..at]);
        from = at;
        if let Some(index) = wrap {
            starts.insert(index, out.len());
            own.extend(
                wraps[index]
                    .own
                    .iter()
                    .map(|(range, number)| (out.len() + range.start..out.len() + range.end, *number)),
            );
        }
        out.push_str(inserted);
        if wrap.is_none() {
            ends.insert(usize::MAX - order, out.len());
        }
    }
    out.push_str(&source[from..]);
    let around = starts
        .into_iter()
        .map(|(index, begin)| {
            let finish = ends.get(&index).copied().unwrap_or(begin + wraps[index].before.len());
            (begin..finish, wraps[index].mutants.clone())
        })
        .collect();
    Ok(Woven { text: out, own, around, matches, left })
}

/// Returns the range that a mutant is put around, how it begins (question and change), and how the whole ends.
fn changed(mutant: &Mutant, places: &Places, lines: &Lines<'_>) -> Option<(Range<usize>, [String; 2], String)> {
    let place = mutant.span.start;
    let branch = |changed: String| ["if ON ".to_owned(), format!("{{ {changed} }} else ")];
    let replacement = &mutant.replacement;
    Some(match mutant.genre {
        Genre::FnValue if places.nameless.contains(&place) => return None,
        Genre::FnValue => {
            let at = lines.at(place);
            (at..at, ["if ON ".to_owned(), format!("{{ return {replacement}; }} ")], String::new())
        }
        Genre::BinaryOperator => {
            let [begin, left, right, finish] = *places.binary.get(&place)?;
            let changed = format!("{} {replacement} {}", lines.between(begin, left), lines.between(right, finish));
            (lines.at(begin)..lines.at(finish), branch(changed), ")".to_owned())
        }
        Genre::UnaryOperator => {
            let [begin, operand, finish] = *places.unary.get(&place)?;
            (lines.at(begin)..lines.at(finish), branch(lines.between(operand, finish).to_owned()), ")".to_owned())
        }
        Genre::MatchArmGuard => {
            let range = lines.at(place)..lines.at(mutant.span.end);
            (range, branch(replacement.clone()), ")".to_owned())
        }
        Genre::MatchArm => {
            let at = lines.at(*places.arms.get(&place)?);
            (at..at, [" if !ON".to_owned(), String::new()], String::new())
        }
        Genre::StructField => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listed::Span;

    fn place(text: &str, needle: &str) -> Place {
        let at = text.find(needle).expect("it is there");
        let line = text[..at].matches('\n').count() + 1;
        let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1;
        Place { line, column }
    }

    fn mutant(text: &str, genre: Genre, needle: &str, replacement: &str) -> Mutant {
        let start = place(text, needle);
        let end = Place { line: start.line, column: start.column + needle.len() };
        let (name, file) = (String::new(), String::new());
        Mutant { name, file, span: Span { start, end }, replacement: replacement.to_owned(), genre }
    }

    #[test]
    fn mutants_of_one_place_are_branches_and_inner_ones_lie_in_the_original() {
        let text = "const fn f(a: u8, b: u8) -> u8 {\n    a + b * !a\n}\n";
        let mutants = [
            mutant(text, Genre::FnValue, "a + b * !a", "7"),
            mutant(text, Genre::BinaryOperator, "+", "-"),
            mutant(text, Genre::BinaryOperator, "+", "*"),
            mutant(text, Genre::BinaryOperator, "*", "/"),
            mutant(text, Genre::UnaryOperator, "!", ""),
        ];
        let numbered: Vec<_> = mutants.iter().enumerate().collect();
        let woven = weave(text, &numbered, "on", &[]).expect("it parses");
        let body = "if on(0u32) { return 7; } \
            (if on(1u32) { a - b * !a } else if on(2u32) { a * b * !a } else  { a + \
            (if on(3u32) { b / !a } else  { b * (if on(4u32) { a } else  { !a }) }) })";
        assert_eq!(woven.text, format!("      fn f(a: u8, b: u8) -> u8 {{\n    {body}\n}}\n"));
        let own: Vec<&str> = woven.own.iter().map(|(range, _)| &woven.text[range.clone()]).collect();
        assert_eq!(own[1], "{ a - b * !a } else ");
        let kept = weave(text, &numbered, "on", &["f".to_owned()]).expect("it parses");
        assert!(kept.text.starts_with("const fn"));
    }

    #[test]
    fn arms_and_guards_ask_and_conditions_that_bind_are_left() {
        let text = "fn f(a: u8) -> u8 {\n match a { 1 => 9, 3 if a > 2 => 4, _ => 5 }\n}\nfn g(a: Option<u8>) -> bool { if let Some(b) = a && b > 1 { true } else { false } }\n";
        let mutants = [
            mutant(text, Genre::MatchArm, "1 => 9", ""),
            mutant(text, Genre::MatchArmGuard, "a > 2", "false"),
            mutant(text, Genre::BinaryOperator, "> 2", "<"),
            mutant(text, Genre::BinaryOperator, "&&", "||"),
        ];
        let numbered: Vec<_> = mutants.iter().enumerate().collect();
        let woven = weave(text, &numbered, "on", &[]).expect("it parses");
        assert!(woven.text.contains("1 if !on(0u32) => 9"), "{}", woven.text);
        let whole = &woven.text[woven.matches[0].0.clone()];
        assert!(whole.starts_with("match a {") && whole.ends_with("_ => 5 }"), "{whole}");
        assert_eq!(woven.matches[0].1, [0]);
        assert!(woven.text.contains("3 if (if on(1u32) { false } else if on(2u32) { a < 2 } else  { a > 2 }) => 4"));
        assert_eq!(woven.left, [3]);
    }
}
