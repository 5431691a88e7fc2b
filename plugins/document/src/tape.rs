//! The flat tape: one slot of 16 bytes for each value and each key, in the order of the text. A container's
//! slot knows the slot after its content, so that a subtree is skipped in one step.

use crate::{Code, Problem, text};

/// The type of a slot. Strings come in two tags, so that those without escapes are never decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Null,
    False,
    True,
    Number,
    /// A string without escapes.
    String,
    /// A string with at least one escape.
    Escaped,
    Array,
    Object,
}

/// Where a token stands, and what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    start: u32,
    end: u32,
    /// The index after a container's content; 0 for anything else.
    after: u32,
    /// The tag in the lowest three bits, entries or items above.
    shape: u32,
}

impl Slot {
    pub(crate) fn tag(self) -> Tag {
        match self.shape & 7 {
            0 => Tag::Null,
            1 => Tag::False,
            2 => Tag::True,
            3 => Tag::Number,
            4 => Tag::String,
            5 => Tag::Escaped,
            6 => Tag::Array,
            _ => Tag::Object,
        }
    }

    /// Entries or items.
    pub(crate) fn length(self) -> u32 {
        self.shape >> 3
    }

    /// The index after this slot, which stands at `index`, and all that it holds.
    pub(crate) fn next(self, index: u32) -> u32 {
        if self.after == 0 { index + 1 } else { self.after }
    }

    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    pub(crate) fn end(self) -> usize {
        self.end as usize
    }
}

/// Objects with more entries than this are looked up in a sorted list of their keys.
pub(crate) const SCANNED: usize = 16;

/// A key of a large object: the hash of its text, by which keys are sorted, and its slot. A hash is compared in
/// one step; texts are compared where two hashes are the same.
pub(crate) type Hashed = (u32, u32);

/// A finished tape.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    slots: Vec<Slot>,
    /// The keys of all large objects, each object's sorted by hash and unescaped text.
    keys: Vec<Hashed>,
    /// For each large object its index, and where its keys begin in `keys`; sorted by the index.
    large: Vec<(u32, u32)>,
}

impl Tape {
    pub(crate) fn slot(&self, index: u32) -> Slot {
        self.slots[index as usize]
    }

    pub(crate) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The slots of a container's keys or items.
    pub(crate) fn children(&self, container: u32) -> impl Iterator<Item = u32> {
        let slot = self.slot(container);
        let value = u32::from(slot.tag() == Tag::Object);
        let mut next = container + 1;
        (0..slot.length()).map(move |_| {
            let child = next;
            next = self.slot(child + value).next(child + value);
            child
        })
    }

    /// The number and the slot of the key or item of a container that is, or holds, another slot.
    pub(crate) fn child(&self, container: u32, inner: u32) -> Option<(usize, u32)> {
        (0..).zip(self.children(container)).take_while(|(_, child)| *child <= inner).last()
    }

    pub(crate) fn len(&self) -> u32 {
        size(self.slots.len())
    }

    /// The keys of a large object, sorted; `None` for an object that is small enough to scan.
    pub(crate) fn sorted_keys(&self, object: u32) -> Option<&[Hashed]> {
        let length = self.slot(object).length() as usize;
        if length <= SCANNED {
            return None;
        }
        let found = self.large.binary_search_by_key(&object, |(index, _)| *index).ok()?;
        let start = self.large.get(found)?.1 as usize;
        self.keys.get(start..start + length)
    }
}

/// A container that is still open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    pub(crate) index: u32,
    pub(crate) length: u32,
    pub(crate) object: bool,
}

/// Makes a tape while a text is read.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    tape: Tape,
    open: Vec<Open>,
}

impl Builder {
    pub(crate) fn with_capacity(slots: usize) -> Self {
        Self { tape: Tape { slots: Vec::with_capacity(slots), ..Tape::default() }, open: Vec::new() }
    }

    /// The innermost open container.
    pub(crate) fn innermost(&self) -> Option<Open> {
        self.open.last().copied()
    }

    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The index that the next slot takes.
    pub(crate) fn next(&self) -> u32 {
        self.tape.len()
    }

    /// Add a key or a scalar.
    pub(crate) fn push(&mut self, tag: Tag, start: usize, end: usize) {
        self.tape.slots.push(Slot { start: size(start), end: size(end), after: 0, shape: tag as u32 });
    }

    /// Count the value that comes next as content of the innermost open container.
    pub(crate) fn count(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.length += 1;
        }
    }

    pub(crate) fn open(&mut self, object: bool, start: usize) {
        let tag = if object { Tag::Object } else { Tag::Array };
        self.open.push(Open { index: self.next(), length: 0, object });
        self.push(tag, start, start);
    }

    /// Close the innermost open container.
    ///
    /// # Errors
    /// [`Code::DuplicateKey`] with the slot of the later key.
    pub(crate) fn close(&mut self, text: &str, end: usize) -> Result<(), u32> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let after = self.next();
        if let Some(slot) = self.tape.slots.get_mut(open.index as usize) {
            slot.after = after;
            slot.end = size(end);
            slot.shape |= open.length << 3;
        }
        if !open.object || open.length < 2 {
            return Ok(());
        }
        self.check_keys(text, open).inspect_err(|_| self.open.push(open))
    }

    /// Refuse a key that stands twice, and keep the sorted keys of large objects for look-ups.
    fn check_keys(&mut self, text: &str, object: Open) -> Result<(), u32> {
        if object.length as usize <= SCANNED {
            return self.check_few_keys(text, object);
        }
        let start = self.tape.keys.len();
        let mut index = object.index + 1;
        for _ in 0..object.length {
            self.tape.keys.push((hash_of(text, self.tape.slot(index)), index));
            index = self.tape.slot(index + 1).next(index + 1);
        }
        let Tape { slots, keys, large } = &mut self.tape;
        let own = &mut keys[start..];
        let by_text =
            |one: &Hashed, two: &Hashed| one.0.cmp(&two.0).then_with(|| compare(text, slots, one.1, two.1));
        own.sort_unstable_by(|one, two| by_text(one, two).then(one.1.cmp(&two.1)));
        let repeated = own.windows(2).filter(|pair| by_text(&pair[0], &pair[1]).is_eq());
        if let Some(first) = repeated.map(|pair| pair[1].1).min() {
            return Err(first);
        }
        let place = large.partition_point(|(index, _)| *index < object.index);
        large.insert(place, (object.index, size(start)));
        Ok(())
    }

    /// Pairs beat sorting here: most objects have a handful of keys, and most pairs differ in length already.
    fn check_few_keys(&self, text: &str, object: Open) -> Result<(), u32> {
        let slots = &self.tape.slots;
        let mut keys = [0; SCANNED];
        let mut index = object.index + 1;
        for place in 0..(object.length as usize).min(SCANNED) {
            if keys[..place].iter().any(|earlier| equal(text, slots, *earlier, index)) {
                return Err(index);
            }
            keys[place] = index;
            index = self.tape.slot(index + 1).next(index + 1);
        }
        Ok(())
    }

    /// Containers in containers at a slot; 0 for a scalar.
    pub(crate) fn height(&self, index: u32) -> usize {
        let (mut ends, mut height) = (Vec::new(), 0);
        for inner in index..self.slot(index).next(index) {
            while ends.last().is_some_and(|end| *end <= inner) {
                ends.pop();
            }
            let slot = self.slot(inner);
            if slot.after != 0 {
                ends.push(slot.after);
                height = height.max(ends.len());
            }
        }
        height
    }

    /// Add the subtree at a slot again; its text has been added again `shift` bytes further on.
    pub(crate) fn copy(&mut self, index: u32, shift: u32) {
        let moved = self.next() - index;
        for inner in index..self.slot(index).next(index) {
            let slot = self.slot(inner);
            let after = if slot.after == 0 { 0 } else { slot.after + moved };
            if let Some(keys) = self.tape.sorted_keys(inner) {
                let keys: Vec<_> = keys.iter().map(|(hash, key)| (*hash, key + moved)).collect();
                self.tape.large.push((inner + moved, size(self.tape.keys.len())));
                self.tape.keys.extend(keys);
            }
            self.tape.slots.push(Slot { start: slot.start + shift, end: slot.end + shift, after, ..slot });
        }
    }

    pub(crate) fn finish(self) -> Tape {
        self.tape
    }

    /// The pointer to what is being read: the last key or item of each open container.
    pub(crate) fn pointer(&self, text: &str) -> String {
        self.pointer_within(text, self.open.len())
    }

    /// The pointer to a key of the innermost open object.
    pub(crate) fn pointer_of_key(&self, text: &str, key: &str) -> String {
        let mut pointer = self.pointer_within(text, self.open.len().saturating_sub(1));
        crate::pointer::push(&mut pointer, key);
        pointer
    }

    fn pointer_within(&self, text: &str, levels: usize) -> String {
        let mut pointer = String::new();
        for (level, open) in self.open.iter().enumerate().take(levels) {
            let inner = self.open.get(level + 1).map_or(self.next(), |inner| inner.index);
            let Some(last) = open.length.checked_sub(1) else { break };
            if !open.object {
                crate::pointer::push_index(&mut pointer, last as usize);
            } else if let Some(key) = self.last_key(*open, inner) {
                crate::pointer::push(&mut pointer, &self.key(text, key));
            }
        }
        pointer
    }

    /// The last key of an open object whose content ends before `end`.
    fn last_key(&self, object: Open, end: u32) -> Option<u32> {
        let (mut index, mut last) = (object.index + 1, None);
        while index < end.min(self.next()) {
            last = Some(index);
            let value = index + 1;
            if value >= self.next() {
                break;
            }
            index = self.tape.slot(value).next(value);
        }
        last
    }

    /// The unescaped key at a slot.
    pub(crate) fn key(&self, text: &str, index: u32) -> String {
        text::unescape(content(text, self.tape.slot(index)))
    }

    pub(crate) fn slot(&self, index: u32) -> Slot {
        self.tape.slot(index)
    }
}

fn hash_of(text: &str, slot: Slot) -> u32 {
    match slot.tag() {
        Tag::Escaped => hash(text::unescape(content(text, slot)).as_bytes()),
        Tag::Null | Tag::False | Tag::True | Tag::Number | Tag::String | Tag::Array | Tag::Object => {
            hash(bytes(text, slot))
        }
    }
}

/// A hash that spreads names well enough. Names that were made to collide are still sorted by their text.
pub(crate) fn hash(bytes: &[u8]) -> u32 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(FACTOR).rotate_left(29);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(bytes.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let last = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    (mix(hash, last).wrapping_mul(FACTOR) >> 32) as u32
}

fn equal(text: &str, slots: &[Slot], one: u32, two: u32) -> bool {
    let (first, second) = (slots[one as usize], slots[two as usize]);
    if first.tag() == Tag::String && second.tag() == Tag::String {
        return first.end - first.start == second.end - second.start
            && bytes(text, first) == bytes(text, second);
    }
    compare(text, slots, one, two).is_eq()
}

/// Compare two keys as they read, not as they are written.
fn compare(text: &str, slots: &[Slot], one: u32, two: u32) -> std::cmp::Ordering {
    let (first, second) = (slots[one as usize], slots[two as usize]);
    if first.tag() == Tag::String && second.tag() == Tag::String {
        return bytes(text, first).cmp(bytes(text, second));
    }
    text::unescape(content(text, first)).cmp(&text::unescape(content(text, second)))
}

fn content(text: &str, slot: Slot) -> &str {
    text.get(slot.start() + 1..slot.end().saturating_sub(1)).unwrap_or_default()
}

/// The content of a key without escapes, which is compared byte by byte in the order of code points.
fn bytes(text: &str, slot: Slot) -> &[u8] {
    text.as_bytes().get(slot.start() + 1..slot.end().saturating_sub(1)).unwrap_or_default()
}

/// A length or an offset. Texts are at most `MAXIMUM_BYTES` long, so that nothing is ever cut off.
fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The problem of a key that stands twice.
pub(crate) fn duplicate(key: &str) -> Problem {
    Problem::new(Code::DuplicateKey, format!("the key `{}` stands twice in one object", crate::excerpt(key)))
        .help("keep one of them; readers disagree on which one counts")
}
