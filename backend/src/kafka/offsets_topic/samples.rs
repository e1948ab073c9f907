//! Records as Kafka 4.3.1 writes them: made by the classes of its group coordinator, so that a misreading of theirs
//! is not ours on both sides. They are the seeds of the fuzz target too.

/// One record.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What it is, as a file name.
    pub name: &'static str,
    key: &'static str,
    value: Option<&'static str>,
}

impl Sample {
    pub fn key(&self) -> Vec<u8> {
        bytes(self.key)
    }

    pub fn value(&self) -> Option<Vec<u8>> {
        self.value.map(bytes)
    }

    /// As the fuzz target takes it: the key's length in 16 bits, the key, the value.
    pub fn seed(&self) -> Vec<u8> {
        let key = self.key();
        let length = u16::try_from(key.len()).unwrap().to_be_bytes();
        [length.to_vec(), key, self.value().unwrap_or_default()].concat()
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |index| u8::from_str_radix(&hex[index..index + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

const fn sample(name: &'static str, key: &'static str, value: &'static str) -> Sample {
    Sample { name, key, value: Some(value) }
}

const fn tombstone(name: &'static str, key: &'static str) -> Sample {
    Sample { name, key, value: None }
}

/// The sample of this name.
pub fn named(name: &str) -> Sample {
    *SAMPLES.iter().find(|sample| sample.name == name).unwrap()
}

const COMMIT: &str = "000100047061696400066f726465727300000007";
const LEGACY_COMMIT: &str = "000000047061696400066f726465727300000007";
const CLASSIC: &str = "0002000470616964";
const CONSUMER: &str = "0003000470616964";
const MEMBER: &str = "000500047061696400036d2d31";
const ASSIGNMENT: &str = "000800047061696400036d2d31";

/// The group is `paid`, the topics `orders` and `späte`, the members `m-1` and `m-2`.
pub const SAMPLES: &[Sample] = &[
    sample("key-0-value-0", LEGACY_COMMIT, "0000000000000000002a0005c3bc6265720000018bcfe56800"),
    sample("key-1-value-0", COMMIT, "0000000000000000002a0005c3bc6265720000018bcfe56800"),
    sample("key-1-value-1", COMMIT, "0001000000000000002a0005c3bc6265720000018bcfe568000000018bcfe65260"),
    sample("key-1-value-2", COMMIT, "0002000000000000002a0005c3bc6265720000018bcfe56800"),
    sample("key-1-value-3", COMMIT, "0003000000000000002a000000050005c3bc6265720000018bcfe56800"),
    sample("key-1-value-4", COMMIT, "0004000000000000002a0000000506c3bc6265720000018bcfe5680000"),
    sample(
        "key-1-value-4-topic-id",
        COMMIT,
        "0004000000000000002a00000005010000018bcfe568000100100102030405060708090a0b0c0d0e0f10",
    ),
    tombstone("key-1-tombstone", COMMIT),
    sample(
        "key-2-value-0",
        CLASSIC,
        "00000008636f6e73756d657200000009000572616e676500036d2d310000000200036d2d31000361707000092f31302e302e302e31\
         0000afc80000001c00030000000100066f7264657273ffffffff00000000ffffffffffff0000003100030000000200066f72646572\
         7300000002000000000000000700067370c3a4746500000001000000010000000301020300036d2d32000000092f31302e302e302e\
         32000000020000001c00030000000100066f7264657273ffffffff00000000ffffffffffff0000000a000300000000ffffffff",
    ),
    sample(
        "key-2-value-1",
        CLASSIC,
        "00010008636f6e73756d657200000009000572616e676500036d2d310000000200036d2d31000361707000092f31302e302e302e31\
         000493e00000afc80000001c00030000000100066f7264657273ffffffff00000000ffffffffffff0000003100030000000200066f\
         726465727300000002000000000000000700067370c3a4746500000001000000010000000301020300036d2d32000000092f31302e\
         302e302e3200000001000000020000001c00030000000100066f7264657273ffffffff00000000ffffffffffff0000000a00030000\
         0000ffffffff",
    ),
    sample(
        "key-2-value-2",
        CLASSIC,
        "00020008636f6e73756d657200000009000572616e676500036d2d310000018bcfe568000000000200036d2d31000361707000092f\
         31302e302e302e31000493e00000afc80000001c00030000000100066f7264657273ffffffff00000000ffffffffffff0000003100\
         030000000200066f726465727300000002000000000000000700067370c3a4746500000001000000010000000301020300036d2d32\
         000000092f31302e302e302e3200000001000000020000001c00030000000100066f7264657273ffffffff00000000ffffffffffff\
         0000000a000300000000ffffffff",
    ),
    sample(
        "key-2-value-3",
        CLASSIC,
        "00030008636f6e73756d657200000009000572616e676500036d2d310000018bcfe568000000000200036d2d310003692d31000361\
         707000092f31302e302e302e31000493e00000afc80000001c00030000000100066f7264657273ffffffff00000000ffffffffffff\
         0000003100030000000200066f726465727300000002000000000000000700067370c3a47465000000010000000100000003010203\
         00036d2d32ffff000000092f31302e302e302e3200000001000000020000001c00030000000100066f7264657273ffffffff000000\
         00ffffffffffff0000000a000300000000ffffffff",
    ),
    sample(
        "key-2-value-4",
        CLASSIC,
        "000409636f6e73756d6572000000090672616e6765046d2d310000018bcfe5680003046d2d3104692d31046170700a2f31302e302e\
         302e31000493e00000afc81d00030000000100066f7264657273ffffffff00000000ffffffffffff3200030000000200066f726465\
         727300000002000000000000000700067370c3a474650000000100000001000000030102030004\
         6d2d3200010a2f31302e302e302e3200000001000000021d00030000000100066f7264657273ffffffff00000000ffffffffffff0b\
         000300000000ffffffff0000",
    ),
    sample("key-2-empty", CLASSIC, "0003000000000000ffffffffffffffffffffffff00000000"),
    sample(
        "key-2-connect",
        CLASSIC,
        "00030007636f6e6e65637400000002000973657373696f6e65640003772d310000000000000001000000010003772d31ffff000963\
         6f6e6e6563742d3100092f31302e302e302e330000ea60000027100000000300030900000006000201010101",
    ),
    tombstone("key-2-tombstone", CLASSIC),
    sample("key-3-value-0", CONSUMER, "00000000000c0100080000000000000063"),
    tombstone("key-3-tombstone", CONSUMER),
    sample(
        "key-5-value-0",
        MEMBER,
        "000004692d3100046170700a2f31302e302e302e3103076f7264657273077370c3a4746501000493e008756e69666f726d00",
    ),
    sample(
        "key-5-classic-member",
        MEMBER,
        "00000004722d31046170700a2f31302e302e302e310100ffffffff0001002b010000afc8020672616e67651d00030000000100066f\
         7264657273ffffffff00000000ffffffffffff0000",
    ),
    tombstone("key-5-tombstone", MEMBER),
    sample(
        "key-8-value-0",
        ASSIGNMENT,
        "00000000000c0000000b01020102030405060708090a0b0c0d0e0f10030000000000000007010009030000000300000004\
         020102030405060708090a0b0c0d0e0f1002000000020000",
    ),
    tombstone("key-8-tombstone", ASSIGNMENT),
    sample("key-4-other", "0004000470616964", "00000100"),
    sample("key-6-other", "0006000470616964", "00000000000c00"),
    sample("key-7-other", "000700047061696400036d2d31", "00000100"),
    sample("key-10-share", "000a00047061696400036d2d31", "0000000100"),
    sample("key-16-expression", "001000047061696400056f72642e2a", "00000100"),
    sample("key-17-streams", "0011000470616964", "00000000000c00"),
    sample("key-99-unknown", "0063000470616964", "0000"),
];
