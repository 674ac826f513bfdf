// SPDX-License-Identifier: Apache-2.0
#include "core/store/ids.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/hex.h"

namespace cutaway::store {

namespace {

constexpr auto manners = std::to_array<std::string_view>({
    "agile",   "amber",   "ardent", "autumn",  "balmy",   "brave",    "breezy",  "bright",   "bubbly",    "calm",
    "candid",  "careful", "chatty", "cheery",  "clever",  "cosmic",   "cosy",    "crisp",    "curious",   "dapper",
    "daring",  "deft",    "dreamy", "earnest", "easy",    "eloquent", "fair",    "fearless", "fluent",    "fond",
    "frank",   "gentle",  "glad",   "golden",  "handy",   "hasty",    "honest",  "humble",   "inventive", "jolly",
    "keen",    "kindly",  "lively", "lucid",   "mellow",  "merry",    "nimble",  "noble",    "patient",   "placid",
    "playful", "polite",  "quick",  "quiet",   "restful", "robust",   "sincere", "steady",   "sunny",     "tidy",
    "upbeat",  "vivid",   "witty",  "zesty",
});

constexpr auto surnames = std::to_array<std::string_view>({
    "abel",    "ampere",     "anning",    "avogadro",   "banach",    "bassi",     "bohr",     "boltzmann",
    "boole",   "brahe",      "cantor",    "cauchy",     "cavendish", "celsius",   "chatelet", "church",
    "coulomb", "crick",      "daguerre",  "dirac",      "dyson",     "eddington", "erdos",    "faraday",
    "fourier", "fresnel",    "galois",    "gauss",      "germain",   "gibbs",     "godel",    "halley",
    "hamming", "henry",      "herschel",  "hilbert",    "hubble",    "huygens",   "joule",    "kepler",
    "klein",   "lagrange",   "laplace",   "leavitt",    "linnaeus",  "lorenz",    "markov",   "maxwell",
    "meitner", "mendel",     "mendeleev", "napier",     "noether",   "oersted",   "pascal",   "planck",
    "riemann", "rutherford", "shannon",   "somerville", "tarski",    "volta",     "weyl",     "wu",
});

std::size_t below(world::Entropy& entropy, std::size_t count) {
    std::array<std::uint8_t, 4> bytes{};
    entropy.fill(bytes);
    std::size_t value = 0;
    for (const std::uint8_t byte : bytes) {
        value = value << 8U | byte;
    }
    return value % count;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string random_id(world::Entropy& entropy) {
    std::array<std::uint8_t, 32> bytes{};
    std::string id;
    do {
        entropy.fill(bytes);
        if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; })) {
            bytes[0] = 0xA0;  // an entropy that only gives zeros must not hang us
        }
        id = to_hex(bytes);
    } while (std::all_of(id.begin(), id.begin() + 12, is_digit));
    return id;
}

std::string random_name(world::Entropy& entropy) {
    const std::string_view manner = manners[below(entropy, manners.size())];
    return std::string(manner) + "_" + std::string(surnames[below(entropy, surnames.size())]);
}

std::string short_id(std::string_view id) {
    if (const auto colon = id.find(':'); colon != std::string_view::npos) {
        id.remove_prefix(colon + 1);
    }
    return std::string(id.substr(0, 12));
}

Status check_name(std::string_view what, std::string_view name) {
    const std::string_view bare = name.substr(0, 1) == "/" ? name.substr(1) : name;
    const bool good =
        bare.size() > 1 && bare.size() <= 255 && is_word(bare.front()) &&
        std::all_of(bare.begin(), bare.end(), [](char c) { return is_word(c) || c == '_' || c == '.' || c == '-'; });
    if (good) {
        return {};
    }
    return fail(Errc::invalid, "Invalid " + std::string(what) + " name (" + std::string(name) +
                                   "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
}

}  // namespace cutaway::store
