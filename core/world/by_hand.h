// SPDX-License-Identifier: Apache-2.0
// By hand: the shell lines that would do what a call does, with the tools that a Linux machine has: util-linux,
// iproute2, nft, curl. One call gives one or a few lines of bash, every word quoted; `$PID` stands for the init's pid
// where a plan does not know it yet. script_of joins a whole plan into a script that root can run and that makes the
// container. Pure: nothing here is performed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/world/call.h"
#include "core/world/note.h"

namespace cutaway::world {

// One word of bash: itself if it is plain, else in quotes. Never holds a raw newline.
std::string shell_word(std::string_view text);

// How the lines are spelled: where a container's root is seen from, and whether mount(8) may look paths up.
struct Spelling {
    std::string prefix;        // in front of absolute paths of calls that act inside; empty: they are the root's own
    bool as_given = false;     // mount --no-canonicalize: the paths mean something only to the kernel
    bool make_target = false;  // make what is missing to mount on, as the host's kernel room does
};

std::string by_hand(const Call& call, const Spelling& spelling = {});

// Whether only a process inside the new namespaces can make this call. Mounts and the like may be either.
bool is_inside(const Call& call);

// "on the host" or "inside the new namespaces".
std::string_view context_of(const PlannedNote& planned);

// The whole start of a container. It needs bash and root; on the way out it takes back what it made, except bridges
// and what is there for every container. Calls without a shell tool are comments (seccomp before util-linux 2.40).
std::string script_of(const std::vector<PlannedNote>& calls);

}  // namespace cutaway::world
