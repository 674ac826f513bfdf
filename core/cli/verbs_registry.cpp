// SPDX-License-Identifier: Apache-2.0
// The verbs that give something to a registry, and those by which it knows who asks.
#include <array>

#include "core/cli/bars.h"
#include "core/cli/verb.h"
#include "core/engine/logins.h"
#include "core/engine/push.h"

namespace cutaway::cli {

namespace {

int tell(Invocation& call, std::string_view text) {
    call.console.err(shown(text) + "\n");
    return 1;
}

int push(Invocation& call) {
    const std::string& name = call.given.arguments.front();
    const bool quiet = call.given.on("quiet");
    LayerOutput output(call.console, quiet);
    const Result<oci::Reference> reference = oci::parse_reference(name);
    if (!reference) {
        return tell(call, reference.error().doing);
    }
    const std::string_view last =
        std::string_view(name).substr(name.rfind('/') == std::string::npos ? 0 : name.rfind('/'));
    const bool bare = last.find_first_of(":@") == std::string_view::npos;
    const bool all = call.given.on("all-tags");
    if (all && !bare) {
        return tell(call, "tag can't be used with --all-tags/-a");
    }
    if (!all && bare) {
        output.say("Using default tag: latest");
    }
    const engine::PushOptions options{all ? engine::Tags::all : engine::Tags::one, call.given.text("platform")};
    const auto pushed = engine::push_image(call.engine, name, options, output);
    if (!pushed) {  // docker's daemon tells it in the stream of its progress, not as a refusal
        return tell(call, pushed.error().doing);
    }
    if (quiet) {
        call.console.out((all ? oci::repository(*reference) : oci::full_name(*reference)) + "\n");
    }
    return 0;
}

// One line of a pipe, or all of a file: docker takes off the line's end.
Result<std::string> piped_password(Console& console) {
    constexpr std::size_t most = 65536;
    std::string all;
    std::array<char, 4096> piece{};
    for (;;) {
        const std::size_t got = TRY(console.read_input(piece));
        if (got == 0) {
            break;
        }
        all.append(piece.data(), got);
        if (all.size() > most) {
            return fail(Errc::invalid, "the password has more than 64 KiB");
        }
    }
    for (const char end : {'\n', '\r'}) {
        if (!all.empty() && all.back() == end) {
            all.pop_back();
        }
    }
    return all;
}

// What was typed with the command; nothing of it is asked for.
Result<registry::Credentials> given_credentials(Invocation& call) {
    const Parsed& given = call.given;
    registry::Credentials credentials{given.text("username"), given.text("password"), ""};
    if (given.has("password")) {
        call.console.err("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
        if (given.on("password-stdin")) {
            return fail(Errc::invalid, "conflicting options: cannot specify both --password and --password-stdin");
        }
    }
    if (given.on("password-stdin")) {
        if (credentials.username.empty()) {
            return fail(Errc::invalid, "the --password-stdin option requires --username to be set");
        }
        credentials.password = TRY(piped_password(call.console));
    }
    if (given.has("username") && credentials.username.empty()) {
        return fail(Errc::invalid, "username is empty");
    }
    if ((given.has("password") || given.on("password-stdin")) && credentials.password.empty()) {
        return fail(Errc::invalid, "password is empty");
    }
    return credentials;
}

Result<registry::Credentials> asked_credentials(Invocation& call, registry::Credentials credentials) {
    if (!credentials.username.empty() && !credentials.password.empty()) {
        return credentials;
    }
    if (!call.console.types()) {
        return fail(Errc::invalid, "Error: Cannot perform an interactive login from a non TTY device");
    }
    if (credentials.username.empty()) {
        call.console.out("Username: ");
        credentials.username = call.console.answer();
    }
    if (!credentials.username.empty() && credentials.password.empty()) {
        call.console.out("Password: ");
        credentials.password = call.console.secret_answer();
    }
    const char* missing = credentials.username.empty() ? "username" : credentials.password.empty() ? "password" : "";
    return *missing == 0 ? Result<registry::Credentials>(credentials)
                         : fail(Errc::invalid, std::string(missing) + " is empty");
}

int logged_in(Invocation& call, const engine::LoginKept& kept) {
    if (kept.helper.empty()) {
        call.console.err("\nWARNING! Your credentials are stored unencrypted in '" + kept.file +
                         "'.\nConfigure a credential helper to remove this warning. See\n"
                         "https://docs.docker.com/go/credential-store/\n\n");
    }
    call.console.out("Login Succeeded\n");
    return 0;
}

// A login that is kept already is tried first; one that no longer opens is asked for anew.
std::optional<engine::LoginKept> with_known_login(Invocation& call, const std::string& registry) {
    const Result<registry::Credentials> known = engine::known_login(call.engine, registry);
    if (!known || known->empty()) {
        return std::nullopt;
    }
    call.console.err("Authenticating with existing credentials..." +
                     (known->username.empty() ? "" : " [Username: " + known->username + "]") +
                     "\n\n Info -> To login with a different account, run 'docker logout' followed by 'docker login'"
                     "\n\n\n");
    const Result<engine::LoginKept> kept = engine::log_in(call.engine, registry, *known);
    if (!kept) {
        call.console.err("Login did not succeed, error: " + shown(kept.error().doing) + "\n");
        return std::nullopt;
    }
    return *kept;
}

int login(Invocation& call) {
    const std::string registry =
        engine::registry_named(call.given.arguments.empty() ? "" : call.given.arguments.front());
    const Result<registry::Credentials> given = given_credentials(call);
    if (!given) {
        return tell(call, given.error().doing);
    }
    if (given->username.empty() && given->password.empty()) {
        if (const auto kept = with_known_login(call, registry)) {
            return logged_in(call, *kept);
        }
    }
    const Result<registry::Credentials> credentials = asked_credentials(call, *given);
    if (!credentials) {
        return tell(call, credentials.error().doing);
    }
    const Result<engine::LoginKept> kept = engine::log_in(call.engine, registry, *credentials);
    if (!kept && kept.error().code == Errc::not_found && kept.error().doing.starts_with("Error saving")) {
        call.console.err(kept.error().doing + "\n");  // the name of a program, and nothing that anybody told us
        return 1;
    }
    if (!kept) {
        return kept.error().doing.starts_with("Error saving") ? tell(call, kept.error().doing)
                                                              : refuse(call, kept.error());
    }
    return logged_in(call, *kept);
}

int logout(Invocation& call) {
    const std::string registry =
        engine::registry_named(call.given.arguments.empty() ? "" : call.given.arguments.front());
    call.console.out("Removing login credentials for " + registry::login_key(registry) + "\n");
    const Status gone = engine::log_out(call.engine, registry);
    return gone ? 0 : tell(call, "WARNING: could not erase credentials:\n" + gone.error().doing);
}

}  // namespace

const std::vector<Verb>& registry_verbs() {
    static const std::vector<Verb> verbs{
        {"push",
         "image",
         "",
         "[OPTIONS] NAME[:TAG]",
         "Upload an image to a registry",
         {{"all-tags", 'a', FlagKind::boolean, "Push all tags of an image to the repository", ""},
          {"quiet", 'q', FlagKind::boolean, "Suppress verbose output", ""},
          {"platform", 0, FlagKind::text, "Push a platform-specific manifest as a single-platform image", ""},
          {"disable-content-trust", 0, FlagKind::boolean, "Skip image signing (default true)", ""}},
         Mix::anywhere,
         1,
         1,
         push},
        {"login",
         "",
         "",
         "[OPTIONS] [SERVER]",
         "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
         {{"password", 'p', FlagKind::text, "Password or Personal Access Token (PAT)", ""},
          {"password-stdin", 0, FlagKind::boolean, "Take the Password or Personal Access Token (PAT) from stdin", ""},
          {"username", 'u', FlagKind::text, "Username", ""}},
         Mix::anywhere,
         0,
         1,
         login},
        {"logout",
         "",
         "",
         "[SERVER]",
         "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
         {},
         Mix::anywhere,
         0,
         1,
         logout}};
    return verbs;
}

}  // namespace cutaway::cli
