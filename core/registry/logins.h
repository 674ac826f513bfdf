// SPDX-License-Identifier: Apache-2.0
// Logins as docker keeps them for a person: ~/.docker/config.json, "auths" in it, or a program named there that keeps
// them somewhere safer (docker-credential-X; credHelpers[host] before credsStore before auths). What else the file says
// is kept as it was. A file that is no JSON is told by its path and never overwritten.
// Secrets are handed on and kept nowhere here; the file is written readable by its owner alone.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/registry/auth.h"
#include "core/world/world.h"

namespace cutaway::registry {

// docker-credential-<name> <verb> with this input: what it wrote, or what it complained of as the error's text.
using RunHelper =
    std::function<Result<std::string>(const std::string& name, const std::string& verb, const std::string& input)>;

struct LoginFile {
    std::string path;
    RunHelper run_helper;  // empty: no such program is ever found
};

// The key a registry has in that file: the Hub's is its old address.
std::string login_key(std::string_view registry);

// Empty credentials: nobody has logged in there.
Result<Credentials> find_login(world::World& world, const LoginFile& file, std::string_view registry);

// "": it lies in the file itself, unencrypted; else the helper that took it.
Result<std::string> keep_login(world::World& world, const LoginFile& file, std::string_view registry,
                               const Credentials& credentials);
Result<bool> forget_login(world::World& world, const LoginFile& file,
                          std::string_view registry);  // whether one was kept

}  // namespace cutaway::registry
