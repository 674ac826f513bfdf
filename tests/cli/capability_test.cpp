// SPDX-License-Identifier: Apache-2.0
// Root without a capability may not do what it is for.
#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

TEST_F(Verbs, root_may_do_what_its_capabilities_allow) {
    given("pull -q alpine");
    const std::string own = "alpine sh -c 'touch /f; chown 1000:1000 /f; stat -c %u /f'";
    const std::string denied = "chown: /f: Operation not permitted\n";
    type({{"run --rm " + own, "1000\n", ""},
          {"run --rm --cap-drop CHOWN " + own, "0\n", denied},
          {"run --rm --cap-drop ALL " + own, "0\n", denied},
          {"run --rm --cap-drop ALL --cap-add CHOWN " + own, "1000\n", ""},
          {"run -d --name box --cap-drop CHOWN alpine sleep 100", "~\n", ""},
          {"exec box chown 1 /tmp", "", "chown: /tmp: Operation not permitted\n", 1},
          {"sh -c 'touch /root/f; chown 1000 /root/f; stat -c %u /root/f'", "1000\n", ""}});
    given("pull -q redis:7-alpine");
    type({{"run --rm --entrypoint gosu redis:7-alpine redis id -un", "redis\n", ""}});
    const Answer kept = terminal.type("run --rm --cap-drop SETUID --entrypoint gosu redis:7-alpine redis id -un");
    EXPECT_NE(kept.status, 0);
    EXPECT_NE(kept.err.find("Operation not permitted"), std::string::npos) << kept.err;
}

}  // namespace
}  // namespace cutaway::cli
