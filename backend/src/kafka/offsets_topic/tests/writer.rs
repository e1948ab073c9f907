//! Writes records of every version, as the tests want them.

/// Bytes that grow, in one of Kafka's two encodings.
pub struct Writer {
    pub bytes: Vec<u8>,
    flexible: bool,
}

impl Writer {
    /// A record's key or value, which begins with its version.
    pub fn versioned(version: i16, flexible: bool) -> Self {
        Self { bytes: version.to_be_bytes().to_vec(), flexible }
    }

    pub fn put<const N: usize>(&mut self, bytes: [u8; N]) -> &mut Self {
        self.bytes.extend(bytes);
        self
    }

    pub fn varint(&mut self, mut value: usize) -> &mut Self {
        while value > 0x7f {
            self.put([value as u8 | 0x80]);
            value >>= 7;
        }
        self.put([value as u8])
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.nullable(Some(text))
    }

    pub fn nullable(&mut self, text: Option<&str>) -> &mut Self {
        match (self.flexible, text) {
            (true, text) => self.varint(text.map_or(0, |text| text.len() + 1)),
            (false, None) => self.put((-1i16).to_be_bytes()),
            (false, Some(text)) => self.put((text.len() as i16).to_be_bytes()),
        };
        self.bytes.extend(text.unwrap_or_default().as_bytes());
        self
    }

    pub fn count(&mut self, count: usize) -> &mut Self {
        match self.flexible {
            true => self.varint(count + 1),
            false => self.put((count as i32).to_be_bytes()),
        }
    }

    pub fn blob(&mut self, bytes: &[u8]) -> &mut Self {
        self.count(bytes.len()).bytes.extend(bytes);
        self
    }

    pub fn i32s(&mut self, numbers: &[i32]) -> &mut Self {
        self.count(numbers.len());
        for number in numbers {
            self.put(number.to_be_bytes());
        }
        self
    }

    /// Tagged fields, where the encoding has them.
    pub fn tags(&mut self, tags: &[(usize, &[u8])]) -> &mut Self {
        if self.flexible {
            self.varint(tags.len());
            for (tag, bytes) in tags {
                self.varint(*tag).varint(bytes.len()).bytes.extend(*bytes);
            }
        }
        self
    }
}

/// A key of any of the kinds.
pub fn key(version: i16, texts: &[&str]) -> Writer {
    let mut writer = Writer::versioned(version, false);
    for text in texts {
        writer.text(text);
    }
    writer
}
