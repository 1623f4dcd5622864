//! HTML in the making: markup is ours alone, and every other text is escaped.

use crate::table::printable;

/// A page, as far as it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Html {
    text: String,
}

impl Html {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds markup of this program.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.text.push_str(markup);
        self
    }

    /// Adds a text that means nothing but itself, within an element or within quotes.
    ///
    /// What turns the text around it, or cannot be seen, is replaced as on a terminal.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for character in printable(text).chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&#39;"),
                character => self.text.push(character),
            }
        }
        self
    }

    /// Adds an element that holds a text.
    pub(super) fn element(&mut self, name: &'static str, class: &'static str, text: &str) -> &mut Self {
        self.raw("<").raw(name);
        if !class.is_empty() {
            self.raw(" class=\"").raw(class).raw("\"");
        }
        self.raw(">").text(text).raw("</").raw(name).raw(">\n")
    }

    /// Adds a cell of a table, which says what it is where there is no room for the table's head.
    pub(super) fn cell(&mut self, class: &'static str, label: &'static str, text: &str) -> &mut Self {
        self.raw("<td class=\"").raw(class).raw("\" data-label=\"").raw(label).raw("\">").text(text).raw("</td>")
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_markup() {
        let mut page = Html::new();
        page.element("p", "name", "</p><script>alert('1')</script> & \"\u{202e}x\u{0}\n");
        let expected = "<p class=\"name\">&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; \
                        &quot;\u{fffd}x\u{fffd}\u{fffd}</p>\n";
        assert_eq!(page.finish(), expected);
    }
}
