// SPDX-License-Identifier: Apache-2.0
// `cp`, `commit`, `save`, `load`, `export` and `import` on this machine, with the built program and, where it is there,
// skopeo as a second reader.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/host/program.h"

namespace cutaway::host {
namespace {

void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

Answer piped(const TempFolder& root, const Words& words, const std::string& bytes) {
    Process process(real_words(root, words));
    process.type(bytes);
    return process.finish();
}

std::string made(const TempFolder& root, const std::string& name) {
    EXPECT_EQ(cutaway(root, {"create", "--name", name, "--network", "none", "lab/hello"}).status, 0);
    return name;
}

// One entry of a tar, by hand: a header whose sum is right, and the bytes.
std::string entry(const std::string& name, char type, const std::string& link, const std::string& bytes) {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
    char size[12];
    std::snprintf(size, sizeof size, "%011zo", bytes.size());
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, size);
    put(136, "00000000000");
    put(148, "        ");
    header[156] = type;
    put(157, link);
    put(257, std::string("ustar\00000", 8));
    unsigned sum = 0;
    for (const char c : header) {
        sum += static_cast<unsigned char>(c);
    }
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum);
    put(148, text);
    return header + bytes + std::string((512 - bytes.size() % 512) % 512, '\0');
}

TEST(RealCopy, FilesGoInAndOutAndNothingStaysMounted) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const TempFolder here;
    made(root, "box");
    write(here.path("one"), "one\n");
    ::chmod(here.path("one").c_str(), 04755);
    ASSERT_EQ(::chown(here.path("one").c_str(), 7, 8), 0);
    EXPECT_EQ(cutaway(root, {"cp", here.path("one"), "box:/"}).out, "");
    EXPECT_EQ(cutaway(root, {"diff", "box"}).out, "A /one\n");
    EXPECT_EQ(cutaway(root, {"cp", "box:/one", here.path("back")}).out, "");
    EXPECT_EQ(text_of(here.path("back")), "one\n");
    struct stat seen {};
    ASSERT_EQ(::stat(here.path("back").c_str(), &seen), 0);
    EXPECT_EQ(seen.st_uid, 0U) << "what comes out belongs to whoever asked";
    const std::string upper = root.path("containers/" + containers_in(root).front() + "/upper/one");
    ASSERT_EQ(::stat(upper.c_str(), &seen), 0);
    EXPECT_EQ(seen.st_uid, 7U) << "what goes in keeps its numbers";
    std::filesystem::create_directories(here.path("folder/in"));
    write(here.path("folder/in/two"), "two\n");
    EXPECT_EQ(cutaway(root, {"cp", here.path("folder"), "box:/new"}).out, "");
    EXPECT_EQ(cutaway(root, {"cp", "box:/new/.", here.path("whole")}).out, "");
    EXPECT_EQ(text_of(here.path("whole/in/two")), "two\n");
    EXPECT_EQ(traces_of(root.path()), Words{});
    EXPECT_EQ(cutaway(root, {"rm", "box"}).status, 0);
}

TEST(RealCopy, ARunningContainerSeesWhatCameAndItsVolumesAreFollowed) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const TempFolder here;
    ASSERT_EQ(cutaway(root, {"run", "-d", "--name", "up", "--network", "none", "-v", "data:/data", "lab/hello",
                             "/hello", "sleep", "60"})
                  .status,
              0);
    write(here.path("program"), "");
    EXPECT_EQ(cutaway(root, {"cp", "up:/hello", here.path("program")}).out, "");
    EXPECT_EQ(cutaway(root, {"cp", here.path("program"), "up:/again"}).out, "");
    EXPECT_EQ(cutaway(root, {"exec", "up", "/again", "exit", "5"}).status, 5);
    EXPECT_EQ(cutaway(root, {"cp", here.path("program"), "up:/data/it"}).out, "");
    EXPECT_EQ(cutaway(root, {"exec", "up", "/data/it", "exit", "6"}).status, 6);
    EXPECT_TRUE(std::filesystem::exists(root.path("volumes/data/_data/it")));
    EXPECT_EQ(cutaway(root, {"rm", "-f", "up"}).status, 0);
    EXPECT_EQ(traces_of(root.path()), Words{});
}

TEST(RealCopy, NoNameOfATarOrOfAContainerLeadsOut) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const TempFolder here;
    made(root, "box");
    write(here.path("secret"), "outside");
    const std::string evil = entry("out", '2', here.path(), "") + entry("out/secret", '0', "", "changed") +
                             entry("up", '2', "../../../../../../.." + here.path(), "") + std::string(1024, '\0');
    static_cast<void>(piped(root, {"cp", "-", "box:/"}, evil));
    EXPECT_EQ(text_of(here.path("secret")), "outside");
    const std::string climbing = entry("../../../../../../../.." + here.path("secret"), '0', "", "changed");
    EXPECT_EQ(piped(root, {"cp", "-", "box:/"}, climbing + std::string(1024, '\0')).status, 1);
    EXPECT_EQ(text_of(here.path("secret")), "outside");
    for (const char* path : {"box:/up/secret", "box:/up/./secret"}) {
        const Answer answer = cutaway(root, {"cp", "-L", path, here.path("got")});
        EXPECT_EQ(answer.status, 1) << answer.out;
        EXPECT_TRUE(has(answer.out, "Could not find the file")) << answer.out;
    }
    EXPECT_EQ(traces_of(root.path()), Words{});
}

std::string shown(const TempFolder& root, const std::string& format, const std::string& image) {
    std::string text = cutaway(root, {"image", "inspect", "-f", format, image}).out;
    return text.substr(0, text.find('\n'));
}

TEST(RealImages, ACommitIsALayerThatAnyToolReadsAndThatComesBackTheSame) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const TempFolder other;
    const TempFolder here;
    made(root, "box");
    write(here.path("note"), "kept\n");
    ASSERT_EQ(cutaway(root, {"cp", here.path("note"), "box:/note"}).status, 0);
    const Answer id = cutaway(root, {"commit", "-m", "a note", "-a", "me", "-c", "ENV A=1", "-c",
                                     "CMD [\"/hello\", \"exit\", \"3\"]", "box", "noted:1"});
    ASSERT_EQ(id.status, 0) << id.out;
    EXPECT_EQ(shown(root, "{{.Id}}", "noted:1") + "\n", id.out);
    EXPECT_EQ(cutaway(root, {"run", "--rm", "--network", "none", "noted:1"}).status, 3);
    ASSERT_EQ(cutaway(root, {"save", "-o", here.path("saved.tar"), "noted:1"}).status, 0);
    const Answer loaded = cutaway(other, {"load", "-i", here.path("saved.tar")});
    EXPECT_EQ(loaded.out, "Loaded image: noted:1\n");
    EXPECT_EQ(shown(other, "{{.Id}}", "noted:1"), shown(root, "{{.Id}}", "noted:1"));
    made(other, "unrelated");
    ASSERT_EQ(cutaway(other, {"create", "--name", "dup", "--network", "none", "noted:1"}).status, 0);
    EXPECT_EQ(cutaway(other, {"cp", "dup:/note", here.path("back")}).status, 0);
    EXPECT_EQ(text_of(here.path("back")), "kept\n");
    if (!std::filesystem::exists("/usr/bin/skopeo")) {
        GTEST_SKIP() << "skopeo is not here to read the archive too";
    }
    for (const std::string kind : {"docker-archive:", "oci-archive:"}) {
        const Answer read = Process({"/usr/bin/skopeo", "inspect", "--config", kind + here.path("saved.tar")}).finish();
        EXPECT_EQ(read.status, 0) << read.out;
        EXPECT_TRUE(has(read.out, "\"comment\": \"a note\"")) << kind << read.out;
    }
    // And the other way: what skopeo writes is loaded.
    for (const std::string kind : {"docker-archive:", "oci-archive:"}) {
        const std::string file = here.path(kind.substr(0, 3) + ".tar");
        const Answer written = Process({"/usr/bin/skopeo", "copy", "-q", "docker-archive:" + here.path("saved.tar"),
                                        kind + file + ":again:2"})
                                   .finish();
        ASSERT_EQ(written.status, 0) << written.out;
        const Answer again = cutaway(other, {"load", "-i", file});
        EXPECT_EQ(again.status, 0) << again.out;
        EXPECT_TRUE(has(again.out, "Loaded image")) << again.out;
    }
}

TEST(RealImages, AnExportHoldsTheContainersOwnFilesAndAnImportMakesAnImageOfThem) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const TempFolder here;
    made(root, "box");
    ASSERT_EQ(cutaway(root, {"export", "-o", here.path("c.tar"), "box"}).status, 0);
    const Answer id = cutaway(root, {"import", "-c", "CMD [\"/hello\", \"exit\", \"9\"]", here.path("c.tar"), "flat"});
    EXPECT_TRUE(id.out.starts_with("sha256:")) << id.out;
    EXPECT_EQ(shown(root, "{{len .RootFS.Layers}}", "flat"), "1");
    EXPECT_EQ(cutaway(root, {"run", "--rm", "--network", "none", "flat"}).status, 9);
    const Answer bad = piped(root, {"load"}, "no archive at all");
    EXPECT_EQ(bad.status, 1);
    EXPECT_TRUE(has(bad.out, "Error response from daemon: ")) << bad.out;
    EXPECT_EQ(traces_of(root.path()), Words{});
}

}  // namespace
}  // namespace cutaway::host
