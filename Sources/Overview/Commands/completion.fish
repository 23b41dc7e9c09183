function __watchdog_chain
    set -l words (commandline -opc) (commandline -ct)
    set -l option (string match -r -- '^--[^=]*=' $words[-1])
    set -l value (string replace -r -- '^--[^=]*=' '' $words[-1])
    for answer in (watchdog-chain complete -- $words 2>/dev/null)
        switch $answer
            case :directory
                printf '%s\n' "$option"(__fish_complete_directories $value)
            case :file
                printf '%s\n' "$option"(__fish_complete_path $value)
            case :user
                printf '%s\n' "$option"(__fish_complete_users)
            case ':command *'
                set -l first (math 1 + (string replace ':command ' '' $answer))
                complete -C (string join ' ' -- (string escape -- $words[$first..-2]) $words[-1])
            case '*'
                printf '%s\n' "$option$answer"
        end
    end
end
