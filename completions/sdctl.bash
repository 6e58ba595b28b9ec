# bash completion for sdctl: generated from the option tables, do not edit

# Each of these completes $cur; $pre is what stands before it in the same word.
_sdctl_words() {
    COMPREPLY=($(compgen -P "$pre" -W "$1" -- "$cur"))
}

_sdctl_files() {
    local IFS=$'\n' i
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -P "$pre" -f -- "$cur"))
    [[ $pre ]] || return 0
    for i in "${!COMPREPLY[@]}"; do
        [[ -d ${COMPREPLY[i]#"$pre"} ]] && COMPREPLY[i]+=/
    done
    [[ ${COMPREPLY[*]} == */ ]] && compopt -o nospace 2>/dev/null
    return 0
}

# Sets the options, those that take a value, and the operands of a command. A list of names
# has a space at both ends.
_sdctl_tables() {
    case $1 in
    '')
        operands='img2img inpaint mask-invert interrogate tasks convert-params endpoint help version sandbox'
        ;;
    img2img)
        options=' --image --prompt --negative-prompt --steps --cfg-scale --sampler --scheduler --seed --clip-skip --size --width --height --resize --strength --count --model --vae --lora --embedding --style --controlnet --ip-adapter --resolve --set --set-unchecked --params --from --script --script-arg --outpaint --loopback --output --force --batch --jobs --shard --async --stream --binary --resubmit --journal-params --s3-stage --show --endpoint --backend --api-key-file --timeout --retries --insecure-http --dry-run --explain --strict --no-progress --error-format --quiet --verbose --help '
        files=' -i --image --params --from -o --output --batch --api-key-file '
        prompts=' -p --prompt -n --negative-prompt '
        texts=' --steps --cfg-scale --sampler --scheduler --seed --clip-skip --size --width --height --resize --strength --count --model --vae --lora --embedding --style --controlnet --ip-adapter --set --script --script-arg --outpaint --loopback --jobs --shard --s3-stage -e --endpoint -b --backend --timeout --retries --error-format '
        operands=''
        ;;
    inpaint)
        options=' --image --prompt --negative-prompt --steps --cfg-scale --sampler --scheduler --seed --clip-skip --size --width --height --resize --strength --count --model --vae --lora --embedding --style --controlnet --ip-adapter --resolve --set --set-unchecked --params --from --script --script-arg --outpaint --loopback --mask --mask-from --invert-mask --threshold --grow --shrink --mask-blur --mask-blur-x --mask-blur-y --fill --area --padding --sketch --sketch-opacity --crop-preview --ui-defaults --output --force --batch --jobs --shard --async --stream --binary --resubmit --journal-params --s3-stage --show --endpoint --backend --api-key-file --timeout --retries --insecure-http --dry-run --explain --strict --no-progress --error-format --quiet --verbose --help '
        files=' -i --image --params --from -m --mask --sketch --crop-preview -o --output --batch --api-key-file '
        prompts=' -p --prompt -n --negative-prompt '
        texts=' --steps --cfg-scale --sampler --scheduler --seed --clip-skip --size --width --height --resize --strength --count --model --vae --lora --embedding --style --controlnet --ip-adapter --set --script --script-arg --outpaint --loopback --mask-from --threshold --grow --shrink --mask-blur --mask-blur-x --mask-blur-y --fill --area --padding --sketch-opacity --jobs --shard --s3-stage -e --endpoint -b --backend --timeout --retries --error-format '
        operands=''
        ;;
    mask-invert)
        options=' --from --fit --threshold --grow --shrink --blur --keep --check --output --force --error-format --quiet --verbose --help '
        files=' --fit -o --output '
        prompts=' '
        texts=' --from --threshold --grow --shrink --blur --error-format '
        operands='FILE'
        ;;
    interrogate)
        options=' --model --text --image --batch --jobs --shard --endpoint --backend --api-key-file --timeout --retries --insecure-http --dry-run --explain --strict --no-progress --error-format --quiet --verbose --help '
        files=' -i --image --batch --api-key-file '
        prompts=' '
        texts=' --model --jobs --shard -e --endpoint -b --backend --timeout --retries --error-format '
        operands='FILE'
        ;;
    tasks)
        options=' --all --query --page --page-size --since --until --yes --show --output --force --strict --no-progress --endpoint --backend --api-key-file --timeout --retries --insecure-http --error-format --quiet --verbose --help '
        files=' -o --output --api-key-file '
        prompts=' '
        texts=' --query --page --page-size --since --until -e --endpoint -b --backend --timeout --retries --error-format '
        operands='list get wait fetch cancel skip delete'
        ;;
    convert-params)
        options=' --reverse --kind --pin-defaults --keep --check --report --force --table --error-format --quiet --verbose --help '
        files=' --report '
        prompts=' '
        texts=' --kind --keep --table --error-format '
        operands='FILE'
        ;;
    endpoint)
        options=' --key-file --key-env --key-command --force --endpoint --backend --api-key-file --timeout --retries --insecure-http --error-format --quiet --verbose --help '
        files=' --key-file --api-key-file '
        prompts=' '
        texts=' --key-env --key-command -e --endpoint -b --backend --timeout --retries --error-format '
        operands='add list remove default check'
        ;;
    help)
        options=' --error-format --quiet --verbose --help '
        files=' '
        prompts=' '
        texts=' --error-format '
        operands='img2img inpaint mask-invert interrogate tasks convert-params endpoint help version'
        ;;
    version)
        options=' --error-format --quiet --verbose --help '
        files=' '
        prompts=' '
        texts=' --error-format '
        operands=''
        ;;
    esac
}

# Sets count to the number of operands before the word to complete.
_sdctl_count_operands() {
    local i
    for ((i = 2, count = 0; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == @(=|@|=@) ]]; then
            ((i++))
        elif [[ $files$prompts$texts == *" ${COMP_WORDS[i]} "* ]]; then
            [[ ${COMP_WORDS[i + 1]} == =* ]] || ((i++))
        elif [[ ${COMP_WORDS[i]} != -* ]]; then
            ((count++))
        fi
    done
}

_sdctl() {
    local cur=$2 pre= i=$((COMP_CWORD - 1)) prev count=0
    local options= files= prompts= texts= operands=
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _sdctl_tables ''
        _sdctl_words "$operands"
        return
    fi
    _sdctl_tables "${COMP_WORDS[1]}"
    while [[ ${COMP_WORDS[i]} == @(=|@|=@) ]]; do
        ((i--))
    done
    prev=${COMP_WORDS[i]}
    if [[ $cur == --*=* ]]; then
        prev=${cur%%=*} pre=${cur%%=*}= cur=${cur#*=}
    fi
    case "${COMP_WORDS[1]} $prev" in
    *' --error-format')
        _sdctl_words 'text json'
        return
        ;;
    'img2img --resize')
        _sdctl_words 'just crop fill latent'
        return
        ;;
    'img2img -b' | 'img2img --backend')
        _sdctl_words 'webui ppinfra fooocusapi fooocus-api eks'
        return
        ;;
    'inpaint --resize')
        _sdctl_words 'just crop fill latent'
        return
        ;;
    'inpaint --mask-from')
        _sdctl_words 'luma alpha alpha-inverted'
        return
        ;;
    'inpaint --fill')
        _sdctl_words 'fill original latent-noise latent-nothing'
        return
        ;;
    'inpaint --area')
        _sdctl_words 'whole masked'
        return
        ;;
    'inpaint -b' | 'inpaint --backend')
        _sdctl_words 'webui ppinfra fooocusapi fooocus-api eks'
        return
        ;;
    'mask-invert --from')
        _sdctl_words 'luma alpha alpha-inverted'
        return
        ;;
    'interrogate --model')
        _sdctl_words 'clip deepdanbooru photo anime'
        return
        ;;
    'interrogate -b' | 'interrogate --backend')
        _sdctl_words 'webui ppinfra fooocusapi fooocus-api eks'
        return
        ;;
    'tasks --query')
        _sdctl_words 'all current pending history'
        return
        ;;
    'tasks -b' | 'tasks --backend')
        _sdctl_words 'webui ppinfra fooocusapi fooocus-api eks'
        return
        ;;
    'convert-params --kind')
        _sdctl_words 'uov inpaint prompt text enhance'
        return
        ;;
    'convert-params --table')
        _sdctl_words 'text json markdown'
        return
        ;;
    'endpoint -b' | 'endpoint --backend')
        _sdctl_words 'webui ppinfra fooocusapi fooocus-api eks'
        return
        ;;
    esac
    if [[ $prompts == *" $prev "* ]]; then
        [[ $cur == @* ]] || return 0
        pre+=@ cur=${cur#@}
        _sdctl_files
    elif [[ $files == *" $prev "* ]]; then
        _sdctl_files
    elif [[ $texts == *" $prev "* ]]; then
        return 0
    elif [[ $cur == -* ]]; then
        _sdctl_words "$options"
    else
        _sdctl_count_operands
        if [[ $operands == FILE ]]; then
            _sdctl_files
        elif ((count == 0)); then
            _sdctl_words "$operands"
        fi
    fi
}
complete -F _sdctl sdctl
