//! The number of a line.

/// Counts lines as an editor does: the csv crate's own count is behind after blank lines and `\r\n`.
pub(super) struct Lines<'a> {
    content: &'a [u8],
    offset: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    /// Those of that text.
    pub(super) fn of(content: &'a str) -> Self {
        Self { content: content.as_bytes(), offset: 0, line: 1 }
    }

    /// The line of the record that is read next from that place on.
    pub(super) fn line_of_record_at(&mut self, offset: u64) -> u64 {
        let begin = usize::try_from(offset).unwrap_or(usize::MAX).min(self.content.len());
        let rest = self.content.get(begin..).unwrap_or_default();
        let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.line += breaks_in(self.content.get(self.offset..begin + breaks).unwrap_or_default());
        self.offset = begin + breaks;
        self.line
    }
}

/// How many lines end in those bytes: by `\n`, `\r\n` or `\r`.
pub(super) fn breaks_in(bytes: &[u8]) -> u64 {
    let returns = bytes.iter().zip(bytes.iter().skip(1).chain([&0]));
    let breaks = returns.filter(|(byte, next)| **byte == b'\n' || **byte == b'\r' && **next != b'\n');
    breaks.count() as u64
}

#[test]
fn lines_end_as_they_do_on_any_system() {
    for text in ["a\nb\nc\n", "a\r\nb\r\nc\r\n", "a\rb\rc\r", "a\r\nb\nc\r"] {
        assert_eq!(breaks_in(text.as_bytes()), 3, "{text:?}");
    }
    assert_eq!(breaks_in(b"\n\n\r\r\n"), 4);
}
