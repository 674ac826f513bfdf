// SPDX-License-Identifier: Apache-2.0
// --profile documents: what the source documents print where today's docker prints something else. Only words change,
// never what is done nor how it ends; a container's own output is passed on as it is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/cli/console.h"

namespace cutaway::cli {

struct Said {
    std::string out;
    std::string err;
};

bool has_own_words(const std::vector<std::string>& words);  // whether the documents put this command otherwise
Said in_documents_words(const std::vector<std::string>& words, Said today);

// Performs on a console that keeps what is said, and says it in the documents' words.
int perform_as_documents(const std::vector<std::string>& words, Console& console,
                         const std::function<int(Console&)>& perform);

}  // namespace cutaway::cli
