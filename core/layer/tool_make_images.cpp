// SPDX-License-Identifier: Apache-2.0
// make_images OUT ASSETS NAME…: packs assets/images/NAME.json, run by the build. Sanitizers and fuzzers build it too.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "core/layer/image_maker.h"

namespace {

using namespace cutaway;

Result<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return fail(Errc::not_found, path + " cannot be read");
    }
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Status run(const std::string& out, const std::string& assets, const std::vector<std::string>& names) {
    std::map<std::string, std::string> recipes;
    for (const std::string& name : names) {
        recipes[name] = TRY(read_file(assets + "/images/" + name + ".json"));
    }
    layer::ImageMaker maker(std::move(recipes),
                            [&](const std::string& path) { return read_file(assets + "/" + path); });
    for (const std::string& name : names) {
        TRY(maker.make(name));
    }
    std::ofstream file(out, std::ios::binary);
    file << maker.pack();
    file.close();
    return file ? Status() : Status(fail(Errc::io, out + " cannot be written"));
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> all(arguments + 1, arguments + count);
    if (all.size() < 3) {
        std::fputs("usage: make_images OUT ASSETS NAME…\n", stderr);
        return 2;
    }
    const Status done = run(all[0], all[1], {all.begin() + 2, all.end()});
    if (!done) {
        std::fprintf(stderr, "make_images: %s\n", done.error().doing.c_str());
    }
    return done ? 0 : 1;
}
