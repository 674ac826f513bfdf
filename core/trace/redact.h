// SPDX-License-Identifier: Apache-2.0
// Redaction: secrets are blotted out of an event before any sink or gate sees it. It errs on the side of blotting:
// environment values unless their name is known to be harmless, credentials in headers, URLs, JSON and form bodies,
// flags and words that name a secret. What a container itself prints (OutputLine) is its own and stays as it is.
// docs/trace-format.md lists the rules. Pure functions, total on any bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/trace/event.h"

namespace cutaway::trace {

inline constexpr std::string_view blot = "•••";

void redact(Event& event);

// The parts, for whoever shows such a text without an event around it.
void redact_text(std::string& text);        // URLs, headers, name=value and "name": of secret names inside any text
void redact_build_line(std::string& line);  // an image's history: what ENV, ARG and RUN |n set
void redact_headers(std::vector<world::Pair>& headers);
void redact_body(std::string& body);  // JSON or a form; a JSON that cannot be read is blotted whole
void redact_environment(std::vector<std::string>& entries);  // NAME=VALUE each
void redact_argv(std::vector<std::string>& argv);
std::string redacted_url(std::string_view url);
bool names_a_secret(std::string_view name);  // "MYSQL_ROOT_PASSWORD", "access_token", "X-Amz-Signature"

}  // namespace cutaway::trace
