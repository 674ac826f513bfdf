// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_trust.h"

#include <algorithm>

namespace cutaway::cli {

namespace {

// Sorted; none if there is no such folder.
Result<std::vector<std::string>> names_in(world::Disk& disk, const std::string& folder) {
    const auto entries = disk.list(folder);
    if (!entries && entries.error().code != Errc::not_found) {
        return entries.error();
    }
    std::vector<std::string> names;
    for (const world::DirEntry& entry : entries ? *entries : std::vector<world::DirEntry>()) {
        names.push_back(entry.name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

Status read_certificates(world::Disk& disk, const std::string& folder, Certificates& choice) {
    const std::vector<std::string> names = TRY(names_in(disk, folder));
    for (const std::string& name : names) {
        const std::size_t dot = std::min(name.rfind('.'), name.size());
        const std::string stem = name.substr(0, dot);
        const std::string kind = name.substr(dot);
        if (kind == ".crt") {
            choice.authorities += TRY(disk.read(folder + "/" + name)) + "\n";
        } else if (kind == ".cert" && !has(names, stem + ".key")) {
            return fail(Errc::invalid, "missing key " + stem + ".key for client certificate " + name +
                                           ". CA certificates must use the extension .crt");
        } else if (kind == ".key" && !has(names, stem + ".cert")) {
            return fail(Errc::invalid, "missing client certificate " + stem + ".cert for key " + name);
        } else if (kind == ".cert" && !choice.certificate.empty()) {
            return fail(Errc::unsupported, "there are several client certificates, and one alone can be shown");
        } else if (kind == ".cert") {
            choice.certificate = folder + "/" + name;
            choice.key = folder + "/" + stem + ".key";
        }
    }
    return {};
}

Result<std::vector<std::string>> insecure_in(world::Disk& disk, const std::string& path) {
    const Result<std::string> text = disk.read(path);
    if (!text) {
        return text.error().code == Errc::not_found ? Result<std::vector<std::string>>(std::vector<std::string>())
                                                    : Result<std::vector<std::string>>(text.error());
    }
    return TRY_IN(path, registry::insecure_registries(*text));
}

}  // namespace

Result<registry::Trust> TrustFiles::trust(world::Disk& disk) const {
    registry::Trust trust;
    for (const std::string& folder : folders_) {
        for (std::string& name : TRY(insecure_in(disk, folder + "/daemon.json"))) {
            trust.insecure.push_back(std::move(name));
        }
        for (std::string& name : TRY(names_in(disk, folder + "/certs.d"))) {
            trust.certified.push_back(std::move(name));
        }
    }
    return trust;
}

// The nearest folder that knows the registry says all about it.
Result<Certificates> TrustFiles::certificates(world::Disk& disk, const std::string& authority) const {
    Certificates choice;
    choice.verify = !registry::is_insecure(TRY(trust(disk)), authority);
    for (const std::string& folder : folders_) {
        if (has(TRY(names_in(disk, folder + "/certs.d")), authority)) {
            const std::string path = folder + "/certs.d/" + authority;
            TRY_IN(path, read_certificates(disk, path, choice));
            break;
        }
    }
    return choice;
}

}  // namespace cutaway::cli
