// SPDX-License-Identifier: Apache-2.0
// commit, save, load, export and import on the simulated machine.
#include <algorithm>

#include "tests/cli/verbs.h"

namespace cutaway::cli {
namespace {

struct Archives : Verbs {
    void expect(const std::string& text, const std::string& out, const std::string& err = "", int status = 0) {
        type({{text, out, err, status}});
    }
};

TEST_F(Archives, a_commit_keeps_what_diff_lists_and_nothing_else) {
    given(
        "run -d --name box alpine sh -c 'echo new > /new; rm /etc/alpine-release; echo x >> /etc/passwd; mkdir -p "
        "/a/b; sleep 999'");
    const std::string changes = given("diff box");
    EXPECT_EQ(changes, "A /a\nA /a/b\nC /etc\nD /etc/alpine-release\nC /etc/passwd\nA /new\n");
    const std::string id = given("commit -m 'what changed' -a me box mine:2");
    EXPECT_TRUE(fits(id, "sha256:~\n"));
    expect("inspect -f '{{.State.Status}}' box", "running\n");
    expect("image inspect -f '{{.Id}} {{.Comment}} {{.Author}}' mine:2",
           id.substr(0, id.size() - 1) + " what changed me\n");
    const auto layers = std::stoi(given("image inspect -f '{{len .RootFS.Layers}}' alpine"));
    expect("image inspect -f '{{len .RootFS.Layers}}' mine:2", std::to_string(layers + 1) + "\n");
    expect("history mine:2", "IMAGE ~\n~ sh -c echo new > /new; rm~ what changed\n<missing> ~\n<missing> ~\n");
    expect(
        "run --rm mine:2 sh -c 'cat /new; ls -d /a/b; test -e /etc/alpine-release || echo gone; tail -n 1 /etc/passwd'",
        "new\n/a/b\ngone\nx\n");
    given("create --name fresh mine:2");
    expect("diff fresh", "");
}

TEST_F(Archives, a_commit_of_nothing_makes_no_layer) {
    given("create --name box alpine echo hi");
    const std::string before = given("image inspect -f '{{json .RootFS.Layers}}' alpine");
    given("commit box same");
    expect("image inspect -f '{{json .RootFS.Layers}}' same", before);
    expect("run --rm same", "hi\n");
}

TEST_F(Archives, changes_are_lines_of_a_dockerfile) {
    given("create --name box -e FIRST=1 alpine");
    given(
        "commit -c 'ENV SECOND=$FIRST-2' -c 'WORKDIR /tmp' -c 'EXPOSE 8080' -c 'LABEL a=b' -c 'USER 1000' "
        "-c 'CMD [\"pwd\"]' box made");
    expect("run --rm made", "/tmp\n");
    expect("run --rm made sh -c 'echo $SECOND; id -u'", "1-2\n1000\n");
    expect("image inspect -f '{{json .Config.ExposedPorts}} {{json .Config.Labels}}' made",
           "{\"8080/tcp\":{}} {\"a\":\"b\"}\n");
    expect("commit -c 'FOO bar' box", "", daemon_says + "dockerfile parse error on line 1: unknown instruction: FOO\n",
           1);
    expect("commit -c 'RUN ls' box", "", daemon_says + "run is not a valid change command\n", 1);
    expect("commit box UPPER", "", "invalid reference format: repository name (library/UPPER) must be lowercase\n", 1);
    expect("commit nope", "", daemon_says + "No such container: nope\n", 1);
}

TEST_F(Archives, an_image_goes_into_a_tar_and_comes_back_the_same) {
    given("pull -q nginx");
    given("tag nginx mine:1");
    const std::string id = given("image inspect -f '{{.Id}} {{.Size}}' nginx");
    given("save -o /root/two.tar nginx:latest mine:1");
    const Answer piped = terminal.type("save mine:1");
    given("rmi nginx mine:1");
    expect("load -i /root/two.tar", "Loaded image: nginx:latest\nLoaded image: mine:1\n");
    expect("image inspect -f '{{.Id}} {{.Size}}' mine:1", id);
    expect("images --format '{{.Repository}}:{{.Tag}}'", "mine:1\nnginx:latest\n");
    given("rmi nginx mine:1");
    const Answer loaded = terminal.perform({"load"}, piped.out);
    EXPECT_EQ(loaded.out, "Loaded image: mine:1\n") << loaded.err;
    expect("run -d --name web mine:1", "~\n");
    expect("save nope", "", daemon_says + "No such image: nope\n", 1);
    expect("save nginx:nope", "", daemon_says + "reference does not exist\n", 1);
    expect("save -o /nonexistent/x nginx", "",
           "failed to save image: invalid output path: stat /nonexistent: no such file or directory\n", 1);
    expect("save -o /tmp mine:1", "", "failed to save image: cannot write to a directory\n", 1);
    expect("load -i /nonexistent", "", "open /nonexistent: no such file or directory\n", 1);
}

TEST_F(Archives, a_spoilt_archive_is_refused_and_leaves_nothing) {
    given("pull -q alpine");
    std::string tar = terminal.type("save alpine").out;
    given("rmi alpine");
    const std::size_t config = tar.find("\"architecture\"");
    ASSERT_NE(config, std::string::npos);
    std::string changed = tar;
    changed[config + 3] = 'X';
    const Answer answer = terminal.perform({"load"}, changed);
    EXPECT_EQ(answer.status, 1);
    EXPECT_TRUE(fits(answer.err, daemon_says + "invalid archive: blobs/sha256/~ has the digest sha256:~\n"))
        << answer.err;
    const Answer cut = terminal.perform({"load"}, tar.substr(0, tar.size() / 2));
    EXPECT_EQ(cut.status, 1);
    expect("images -q", "");
}

TEST_F(Archives, a_containers_files_go_into_a_tar_and_an_image_comes_of_them) {
    given("run --name box -v data:/data alpine sh -c 'echo kept > /kept; echo mine > /data/x'");
    given("export -o /root/box.tar box");
    const std::string id = given("import -c 'CMD cat /kept' -m flat /root/box.tar flat:1");
    EXPECT_TRUE(fits(id, "sha256:~\n"));
    expect("run --rm flat:1", "kept\n");
    expect("run --rm flat:1 ls /data", "");
    expect("history flat:1", "IMAGE ~\n~ flat\n");
    expect("image inspect -f '{{len .RootFS.Layers}}' flat:1", "1\n");
    expect("import /nonexistent", "", "open /nonexistent: no such file or directory\n", 1);
    expect("export nope", "", daemon_says + "No such container: nope\n", 1);
}

}  // namespace
}  // namespace cutaway::cli
