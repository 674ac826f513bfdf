// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "core/cli/completion.h"

namespace cutaway::cli {

namespace {

constexpr std::string_view bash = R"sh(# cutaway completion bash: source <(cutaway completion bash)
_cutaway() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        if [ "$line" = ":files" ]; then
            COMPREPLY+=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
            compopt -o filenames 2>/dev/null
        else
            COMPREPLY+=("$line")
        fi
    done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _cutaway cutaway
)sh";

constexpr std::string_view zsh = R"sh(#compdef cutaway
# cutaway completion zsh: source <(cutaway completion zsh)
_cutaway() {
    local -a found
    local line
    for line in ${(f)"$($words[1] __complete "${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
        if [[ $line == ":files" ]]; then
            _files
        else
            found+=("$line")
        fi
    done
    compadd -a found
}
compdef _cutaway cutaway
)sh";

constexpr std::string_view fish = R"sh(# cutaway completion fish: cutaway completion fish | source
function __cutaway_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c cutaway -f -a '(__cutaway_complete)'
)sh";

}  // namespace

std::string completion_script(const std::string& shell) {
    return std::string(shell == "bash" ? bash : shell == "zsh" ? zsh : shell == "fish" ? fish : "");
}

}  // namespace cutaway::cli
