// SPDX-License-Identifier: Apache-2.0
// Where this machine's owner and this person say which registries are trusted how: docker's own files, daemon.json and
// certs.d/HOST[:PORT]/ (*.crt, and *.cert with its *.key), below /etc/docker and the person's folder. They are read
// when a registry is asked, so that a damaged one stops no other verb. Nothing is ever written there.
#pragma once

#include <string>
#include <vector>

#include "core/engine/brought.h"
#include "core/world/disk.h"

namespace cutaway::cli {

struct Certificates {
    bool verify = true;
    std::string authorities;  // PEM
    std::string certificate;  // files: who we are, if we are asked
    std::string key;
};

class TrustFiles {
public:
    explicit TrustFiles(std::vector<std::string> folders) : folders_(std::move(folders)) {}  // the nearest first
    [[nodiscard]] Result<registry::Trust> trust(world::Disk& disk) const;
    [[nodiscard]] Result<Certificates> certificates(world::Disk& disk, const std::string& authority) const;

private:
    std::vector<std::string> folders_;
};

}  // namespace cutaway::cli
