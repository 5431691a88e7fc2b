//! Puts the root folder of a process together, and enters it.

use crate::confine::DEVICES;
use crate::{Failure, Overlay, Plan};
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_bind_recursive, mount_change,
    mount_remount, unmount,
};
use rustix::process::{chdir, pivot_root};
use rustix::system::sethostname;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const GUARDED: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

/// What is put somewhere in the new root.
enum Piece<'a> {
    Readable(&'a Path),
    Writable(&'a Path),
    Overlay(&'a Overlay),
}

impl Piece<'_> {
    fn place(&self) -> &Path {
        match self {
            Self::Readable(path) | Self::Writable(path) => path,
            Self::Overlay(overlay) => &overlay.lower,
        }
    }
}

/// Makes what the plan names the whole file system of this process.
pub(crate) fn enter(plan: &Plan) -> Result<(), Failure> {
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
        .map_err(Failure::new("keep mounts to itself"))?;
    sethostname(b"countersign").map_err(Failure::new("name the host"))?;
    mount("tmpfs", &plan.root, "tmpfs", GUARDED, c"size=16m,mode=755")
        .map_err(Failure::new("mount a root"))?;
    let root = Root(&plan.root);
    root.devices()?;
    for (folder, place) in plan.temporary.iter().zip(["/tmp", "/var/tmp"]) {
        root.bind(folder, Path::new(place))?;
    }
    let mut pieces: Vec<_> = plan.readable.iter().map(|path| Piece::Readable(path)).collect();
    pieces.extend(plan.writable.iter().map(|path| Piece::Writable(path)));
    pieces.extend(plan.overlay.iter().map(Piece::Overlay));
    // What lies deeper is laid over what lies higher; equal paths stay in this order.
    pieces.sort_by_key(|piece| piece.place().components().count());
    for (index, piece) in pieces.iter().enumerate() {
        root.put(piece, &pieces[..index])?;
    }
    let processes = root.folder(Path::new("/proc"))?;
    // Read-only: below `/proc/sys` lies the kernel itself, and the superuser is the superuser there.
    let flags = GUARDED | MountFlags::NOEXEC | MountFlags::RDONLY;
    mount("proc", &processes, "proc", flags, None).map_err(Failure::new("mount `/proc`"))?;
    change_root(&plan.root).map_err(Failure::new("enter the new root"))
}

/// After this the old root can be named by nobody (pivot_root(2)).
fn change_root(root: &Path) -> rustix::io::Result<()> {
    chdir(root)?;
    pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    chdir("/")?;
    mount_remount("/", MountFlags::RDONLY | GUARDED, c"")
}

struct Root<'a>(&'a Path);

impl Root<'_> {
    fn inside(&self, path: &Path) -> PathBuf {
        self.0.join(path.strip_prefix("/").unwrap_or(path))
    }

    fn put(&self, piece: &Piece<'_>, earlier: &[Piece<'_>]) -> Result<(), Failure> {
        match piece {
            Piece::Overlay(overlay) => self.overlay(overlay),
            Piece::Writable(path) => self.bind(path, path),
            Piece::Readable(path) if is_there_already(path, earlier) => Ok(()),
            Piece::Readable(path) => self.readable(path),
        }
    }

    fn readable(&self, path: &Path) -> Result<(), Failure> {
        let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
        if metadata.is_symlink() {
            let text = fs::read_link(path).map_err(failed("read the link", path))?;
            return self.link(path, &text);
        }
        let place = if metadata.is_dir() { self.folder(path)? } else { self.file(path)? };
        self.bind_read_only(path, &place)
    }

    fn bind_read_only(&self, path: &Path, place: &Path) -> Result<(), Failure> {
        mount_bind_recursive(path, place).map_err(failed("bind", path))?;
        for (mounted, flags) in mounts_below(place).map_err(failed("read the mounts of", path))? {
            mount_remount(&mounted, flags | MountFlags::BIND | MountFlags::RDONLY | GUARDED, c"")
                .map_err(failed("make read-only", path))?;
        }
        Ok(())
    }

    fn bind(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        let place = self.folder(to)?;
        mount_bind(from, &place).map_err(failed("bind", from))
    }

    fn overlay(&self, overlay: &Overlay) -> Result<(), Failure> {
        let place = self.folder(&overlay.lower)?;
        let beside = overlay.upper.parent().unwrap_or(&overlay.upper);
        // The options separate paths by characters that a path may hold, so these are relative.
        let seen = beside.join("lower");
        mount_bind_recursive(&overlay.lower, &seen).map_err(failed("bind", &overlay.lower))?;
        chdir(beside).map_err(failed("enter", beside))?;
        let options = c"lowerdir=lower,upperdir=upper,workdir=work,userxattr";
        mount("overlay", &place, "overlay", GUARDED, options)
            .map_err(failed("lay an overlay over", &overlay.lower))?;
        // An overlay does not show what is mounted below its folder, such as a volume with packages.
        let mounted = mounts_below(&overlay.lower).map_err(failed("read the mounts of", &overlay.lower))?;
        for (path, _) in mounted.iter().filter(|(path, _)| *path != overlay.lower) {
            let place = self.inside(path);
            if place.exists() {
                self.bind_read_only(path, &place)?;
            }
        }
        Ok(())
    }

    fn devices(&self) -> Result<(), Failure> {
        let folder = self.folder(Path::new("/dev"))?;
        mount("tmpfs", &folder, "tmpfs", MountFlags::NOSUID, c"size=64k,mode=755")
            .map_err(Failure::new("mount `/dev`"))?;
        for name in DEVICES {
            let device = Path::new("/dev").join(name);
            if device.exists() {
                mount_bind(&device, &self.file(&device)?).map_err(failed("bind", &device))?;
            }
        }
        let links = [("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")];
        for (name, target) in links {
            self.link(&Path::new("/dev").join(name), &Path::new("/proc/self").join(target))?;
        }
        let shared = self.folder(Path::new("/dev/shm"))?;
        mount("tmpfs", &shared, "tmpfs", GUARDED, c"size=64m,mode=1777")
            .map_err(Failure::new("mount `/dev/shm`"))?;
        let flags = MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID;
        mount_remount(&folder, flags, c"").map_err(Failure::new("make `/dev` read-only"))
    }

    fn folder(&self, path: &Path) -> Result<PathBuf, Failure> {
        let place = self.inside(path);
        fs::create_dir_all(&place).map_err(failed("make a place for", path))?;
        Ok(place)
    }

    fn file(&self, path: &Path) -> Result<PathBuf, Failure> {
        self.folder(path.parent().unwrap_or(path))?;
        let place = self.inside(path);
        File::create(&place).map_err(failed("make a place for", path))?;
        Ok(place)
    }

    fn link(&self, path: &Path, text: &Path) -> Result<(), Failure> {
        self.folder(path.parent().unwrap_or(path))?;
        symlink(text, self.inside(path)).map_err(failed("make a place for", path))
    }
}

fn failed<E: Into<io::Error>>(doing: &str, path: &Path) -> impl FnOnce(E) -> Failure + use<E> {
    Failure::new(format!("{doing} `{}`", path.display()))
}

/// Whether a readable path shows through what was put there before: it lies in another one, with nothing laid
/// over that.
fn is_there_already(path: &Path, earlier: &[Piece<'_>]) -> bool {
    let above = earlier.iter().filter(|piece| path.starts_with(piece.place()));
    let nearest = above.max_by_key(|piece| piece.place().components().count());
    matches!(nearest, Some(Piece::Readable(_) | Piece::Overlay(_)))
}

/// Every mount at or below a place, with its flags (proc(5), `mountinfo`).
fn mounts_below(place: &Path) -> io::Result<Vec<(PathBuf, MountFlags)>> {
    let text = fs::read("/proc/self/mountinfo")?;
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| {
        let mut words = line.split(|byte| *byte == b' ').skip(4);
        let (path, options) = (unescaped(words.next()?), words.next()?);
        path.starts_with(place).then(|| (path, flags(options)))
    });
    Ok(lines.collect())
}

/// Space, tab, line end and backslash are written as `\` and three octal digits.
fn unescaped(text: &[u8]) -> PathBuf {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some((first, more)) = rest.split_first() {
        let digits = more.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) if *first == b'\\' => {
                bytes.push(byte);
                rest = &more[3..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    PathBuf::from(std::ffi::OsStr::from_bytes(&bytes))
}

/// The flags that a remount must keep: in a user namespace those of the owner are locked.
fn flags(options: &[u8]) -> MountFlags {
    let known = [
        (&b"noexec"[..], MountFlags::NOEXEC),
        (b"noatime", MountFlags::NOATIME),
        (b"nodiratime", MountFlags::NODIRATIME),
        (b"relatime", MountFlags::RELATIME),
    ];
    let set = options.split(|byte| *byte == b',');
    set.filter_map(|option| known.iter().find(|(name, _)| *name == option))
        .fold(MountFlags::empty(), |flags, (_, flag)| flags | *flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_point_is_read_with_its_escapes() {
        assert_eq!(unescaped(br"/a\040b\134c"), Path::new(r"/a b\c"));
        assert_eq!(unescaped(br"/plain\"), Path::new(r"/plain\"));
    }

    #[test]
    fn the_nearest_piece_decides_whether_a_path_shows_through() {
        let (usr, home) = (Path::new("/usr"), Path::new("/usr/home"));
        let earlier = [Piece::Readable(usr), Piece::Writable(home)];
        assert!(is_there_already(Path::new("/usr/bin/tool"), &earlier));
        assert!(!is_there_already(Path::new("/usr/home/tool"), &earlier));
        assert!(!is_there_already(Path::new("/opt/tool"), &earlier));
    }
}
