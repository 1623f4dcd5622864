//! Small slips in every line of the contract: an operator, a number, a condition or a whole statement is another.

/// What may stand where something else was meant.
const SLIPS: [(&str, &str); 32] = [
    (" <= ", " < "),
    (" <= ", " >= "),
    (" < ", " <= "),
    (" > ", " >= "),
    (" > ", " < "),
    (" == ", " != "),
    (" != ", " == "),
    (" && ", " || "),
    (" || ", " && "),
    (" + ", " - "),
    (" - ", " + "),
    (" / ", " * "),
    (" ** ", " * "),
    (" >> ", " << "),
    (" << ", " >> "),
    (" | ", " & "),
    (" | ", " ^ "),
    (" & ", " | "),
    (" |= ", " = "),
    (" |= ", " ^= "),
    (" += ", " = "),
    ("++", "--"),
    ("(!", "("),
    ("true", "false"),
    ("false", "true"),
    (" onlyOwner", ""),
    (" onlyGuardian", ""),
    ("msg.sender", "tx.origin"),
    ("c.account", "msg.sender"),
    ("continue;", "break;"),
    (", by)", ", address(0))"),
    ("desk.signer,", "address(0),"),
];

/// A contract with one slip, and where it is.
#[derive(Clone, Debug)]
pub(super) struct Slip {
    pub(super) place: String,
    pub(super) source: String,
}

/// Every slip of the source, in the order of its lines. Many do not compile.
pub(super) fn slips(source: &str) -> Vec<Slip> {
    let lines: Vec<&str> = source.lines().collect();
    let first = lines.iter().position(|line| line.starts_with("contract ")).expect("there is a contract");
    let mut slips = Vec::new();
    for (number, line) in lines.iter().enumerate().skip(first) {
        let code = line.split("//").next().unwrap_or_default();
        if code.trim().is_empty() || code.contains("keccak256(") || code.trim().starts_with('"') {
            continue;
        }
        for (what, slip) in changes(code) {
            let mut other = lines.clone();
            other[number] = &slip;
            let source = other.join("\n") + "\n";
            slips.push(Slip { place: format!("{}: {what}: `{}`", number + 1, code.trim()), source });
        }
    }
    slips
}

/// Each way to write this line wrongly, in words and in code.
fn changes(code: &str) -> Vec<(String, String)> {
    let mut changes = Vec::new();
    for (from, to) in SLIPS {
        for (at, _) in code.match_indices(from) {
            let what = format!("`{}` becomes `{}`", from.trim(), to.trim());
            changes.push((what, [&code[..at], to, &code[at + from.len()..]].concat()));
        }
    }
    for (at, number) in numbers(code) {
        let value: u64 = number.parse().expect("it is made of digits");
        for other in [value + 1, value.saturating_sub(1)] {
            if other != value {
                let slip = [&code[..at], &other.to_string(), &code[at + number.len()..]].concat();
                changes.push((format!("`{number}` becomes `{other}`"), slip));
            }
        }
    }
    if let Some((before, rest)) = code.split_once("if (") {
        let end = closing(rest).expect("a condition ends on its line");
        for truth in ["true", "false"] {
            changes.push((format!("the condition is {truth}"), format!("{before}if ({truth}{}", &rest[end..])));
        }
    }
    let indent = code.len() - code.trim_start().len();
    if code.trim_end().ends_with(';') && indent >= 8 {
        changes.push(("nothing stands there".to_owned(), "        ".to_owned()));
    }
    changes
}

/// Whole numbers that are not a part of a word, and where they are.
fn numbers(code: &str) -> Vec<(usize, &str)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut numbers = Vec::new();
    let mut at = 0;
    for word in code.split_inclusive(|c| !is_word(c)) {
        let digits = word.trim_end_matches(|c| !is_word(c));
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers.push((at, digits));
        }
        at += word.len();
    }
    numbers
}

/// Where the bracket closes that was open before this text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_u32;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}
