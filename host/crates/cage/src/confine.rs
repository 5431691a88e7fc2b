//! Limits, Landlock and seccomp for the calling process and all that it starts.

use crate::network::{self, Watch};
use crate::{Failure, Plan, Rung};
use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, RestrictionStatus,
    Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::set_no_new_privs;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
use std::io;
use std::path::Path;

/// Special files that every program takes for granted.
pub(crate) const DEVICES: [&str; 5] = ["full", "null", "random", "urandom", "zero"];

/// What is readable on every rung that confines: proc(5), and what runtimes size themselves by.
const KERNEL: [&str; 3] = ["/proc", "/sys/fs/cgroup", "/sys/devices/system/cpu"];

/// The newest version of Landlock that we know rules of. An older kernel enforces those that it has.
const LANDLOCK: ABI = ABI::V6;
/// The oldest one that keeps files from being changed: before it, truncating them was free.
const OLDEST: ABI = ABI::V3;

/// Confines the calling process as far as the plan's rung says. The watch tells what was asked of the network.
pub(crate) fn confine(plan: &Plan) -> Result<Option<Watch>, Failure> {
    limit(plan)?;
    if plan.rung == Rung::Bare {
        return Ok(None);
    }
    set_no_new_privs(true).map_err(Failure::new("give up new privileges"))?;
    if plan.rung == Rung::Mirror {
        let status = restrict_files(plan).map_err(Failure::new("restrict files with Landlock"))?;
        if status.ruleset == RulesetStatus::NotEnforced {
            return Err(Failure::new("restrict files with Landlock")(io::Error::other(
                "the kernel has none",
            )));
        }
    }
    filter(plan)?;
    if plan.network { Ok(None) } else { network::deny(plan.rung).map(Some) }
}

/// No core dumps, which hold memory, and no file beyond the limit. Processes and memory are watched from
/// outside: the system's own limits count per user, and would depend on what else runs here.
fn limit(plan: &Plan) -> Result<(), Failure> {
    let limits = [(Resource::Core, 0), (Resource::Fsize, plan.file_size)];
    for (resource, limit) in limits {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        setrlimit(resource, limit).map_err(Failure::new("set a limit"))?;
    }
    Ok(())
}

fn restrict_files(plan: &Plan) -> io::Result<RestrictionStatus> {
    let (all, read) = (AccessFs::from_all(LANDLOCK), AccessFs::from_read(LANDLOCK));
    let device =
        AccessFs::from_file(LANDLOCK) & (AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev);
    let write = all & !(AccessFs::MakeBlock | AccessFs::MakeChar | AccessFs::IoctlDev);
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(OLDEST))
        .map_err(io::Error::other)?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)
        .map_err(io::Error::other)?
        .scope(Scope::AbstractUnixSocket | Scope::Signal)
        .map_err(io::Error::other)?
        .create()
        .map_err(io::Error::other)?;
    let devices = DEVICES.map(|name| Path::new("/dev").join(name));
    let readable = plan.readable.iter().map(AsRef::as_ref).chain(KERNEL.iter().map(Path::new));
    let rules = readable.map(|path| (path, read));
    let rules = rules.chain(plan.writable.iter().map(|path| (path.as_path(), write)));
    for (path, access) in rules.chain(devices.iter().map(|path| (path.as_path(), device))) {
        if let Some(rule) = rule(path, access) {
            ruleset = ruleset.add_rule(rule).map_err(io::Error::other)?;
        }
    }
    ruleset.restrict_self().map_err(io::Error::other)
}

/// None for what is not there, or not for us: nobody can read it then.
fn rule(path: &Path, access: BitFlags<AccessFs>) -> Option<PathBeneath<PathFd>> {
    let is_folder = path.is_dir();
    let handle = PathFd::new(path).ok()?;
    let access = if is_folder { access } else { access & AccessFs::from_file(LANDLOCK) };
    Some(PathBeneath::new(handle, access))
}

/// System calls that no generator needs and that reach beyond the process: other processes, the kernel's own
/// state, mounts and namespaces, keys. `io_uring` does the work of others without being filtered.
const DENIED: &[libc::c_long] = &[
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_adjtimex,
    libc::SYS_bpf,
    libc::SYS_chroot,
    libc::SYS_clock_adjtime,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_fanotify_init,
    libc::SYS_finit_module,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_init_module,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_kexec_file_load,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_perf_event_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pivot_root,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_setdomainname,
    libc::SYS_sethostname,
    libc::SYS_setns,
    libc::SYS_settimeofday,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_syslog,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
];

/// Without a mount namespace, a socket of the file system reaches whoever listens there, such as a container
/// daemon, and Landlock does not cover it.
const DENIED_WITHOUT_NAMESPACES: &[libc::c_long] = &[libc::SYS_connect];

fn filter(plan: &Plan) -> Result<(), Failure> {
    let more = match plan.rung {
        Rung::Mirror | Rung::Bare if !plan.network => DENIED_WITHOUT_NAMESPACES,
        Rung::Namespaces | Rung::Mirror | Rung::Bare => &[][..],
    };
    let rules = DENIED.iter().chain(more).map(|call| (*call, Vec::new())).collect();
    let allow = SeccompAction::Allow;
    let program = TargetArch::try_from(std::env::consts::ARCH)
        .and_then(|arch| SeccompFilter::new(rules, allow, SeccompAction::Errno(libc::EPERM as u32), arch))
        .and_then(BpfProgram::try_from)
        .map_err(io::Error::other)
        .map_err(Failure::new("put the filter of system calls together"))?;
    seccompiler::apply_filter(&program)
        .map_err(io::Error::other)
        .map_err(Failure::new("filter system calls with seccomp"))
}
