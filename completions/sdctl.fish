# fish completion for sdctl: generated from the option tables, do not edit

# Whether the command is $argv[1], or still to be named when there is none.
function __sdctl_command
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end

# Whether the command is $argv[1] and no operand is given yet.
function __sdctl_first_operand
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"; and not string match -qv -- '-*' $words[3..-1]
end

# What a prompt may be: @ and the name of a file, or any text.
function __sdctl_prompt
    set -l word (string replace -r -- '^(-[a-z]|--[a-z-]+=)' '' (commandline -ct))
    if string match -q -- '@*' $word
        printf '@%s\n' (__fish_complete_path (string sub -s 2 -- $word))
    end
end

complete -c sdctl -f
complete -c sdctl -n '__sdctl_command' -a 'img2img' -d 'repaint an image from a prompt'
complete -c sdctl -n '__sdctl_command' -a 'inpaint' -d 'repaint what a mask marks'
complete -c sdctl -n '__sdctl_command' -a 'mask-invert' -d 'invert a mask, and prepare or check one'
complete -c sdctl -n '__sdctl_command' -a 'interrogate' -d 'describe an image'
complete -c sdctl -n '__sdctl_command' -a 'endpoint' -d 'add, list, remove, default, check: named services'
complete -c sdctl -n '__sdctl_command' -a 'help' -d 'explain a command'
complete -c sdctl -n '__sdctl_command' -a 'version' -d 'print the version'
complete -c sdctl -n '__sdctl_command' -a 'sandbox' -d 'serve an offline stand-in of a service on this machine'

complete -c sdctl -n '__sdctl_command img2img' -s i -l image -r -F -d 'the image to start from: PNG, JPEG or WebP (repeats)'
complete -c sdctl -n '__sdctl_command img2img' -s p -l prompt -x -a '(__sdctl_prompt)' -d 'what the result should show'
complete -c sdctl -n '__sdctl_command img2img' -s n -l negative-prompt -x -a '(__sdctl_prompt)' -d 'what the result should not show'
complete -c sdctl -n '__sdctl_command img2img' -l steps -x -d 'sampling steps (1 to 10000)'
complete -c sdctl -n '__sdctl_command img2img' -l cfg-scale -x -d 'CFG scale: how closely the result adheres to the prompt (0 to 100)'
complete -c sdctl -n '__sdctl_command img2img' -l sampler -x -d 'sampling method, by the server\'s name, such as "Euler a"'
complete -c sdctl -n '__sdctl_command img2img' -l scheduler -x -d 'noise schedule, by the server\'s name, such as Karras'
complete -c sdctl -n '__sdctl_command img2img' -l seed -x -d 'seed of the noise; -1 lets the server draw one (-1 to 9007199254740991)'
complete -c sdctl -n '__sdctl_command img2img' -l clip-skip -x -d 'which of the last CLIP layers encodes the prompt; 1 is the last (1 to 12)'
complete -c sdctl -n '__sdctl_command img2img' -l size -x -d 'width and height of the result in pixels, such as 512x768 (1 to 16384)'
complete -c sdctl -n '__sdctl_command img2img' -l width -x -d 'width of the result in pixels (1 to 16384)'
complete -c sdctl -n '__sdctl_command img2img' -l height -x -d 'height of the result in pixels (1 to 16384)'
complete -c sdctl -n '__sdctl_command img2img' -l resize -x -a 'just crop fill latent' -d 'how the image is brought to the size of the result'
complete -c sdctl -n '__sdctl_command img2img' -l strength -x -d 'denoising strength: how far the result may depart from the image (0 to 1)'
complete -c sdctl -n '__sdctl_command img2img' -l count -x -d 'how many images to make (1 to 1000)'
complete -c sdctl -n '__sdctl_command img2img' -l model -x -d 'checkpoint, by the server\'s name for it'
complete -c sdctl -n '__sdctl_command img2img' -l vae -x -d 'VAE, by the server\'s name for it'
complete -c sdctl -n '__sdctl_command img2img' -l lora -x -d 'apply a LoRA; the weight is 1 unless given (repeats)'
complete -c sdctl -n '__sdctl_command img2img' -l embedding -x -d 'add a textual inversion embedding to the prompt (repeats)'
complete -c sdctl -n '__sdctl_command img2img' -l style -x -d 'apply a prompt style that is stored on the server (repeats)'
complete -c sdctl -n '__sdctl_command img2img' -l controlnet -x -d 'add a ControlNet unit; image=FILE is read and encoded (repeats)'
complete -c sdctl -n '__sdctl_command img2img' -l set -x -d 'set a native parameter of the backend, dotted for depth (repeats)'
complete -c sdctl -n '__sdctl_command img2img' -l set-unchecked -d 'send parameters and names that are not known, too'
complete -c sdctl -n '__sdctl_command img2img' -l params -r -F -d 'read native parameters from a JSON object'
complete -c sdctl -n '__sdctl_command img2img' -l from -r -F -d 'take over prompt, seed, size and so on from an earlier result'
complete -c sdctl -n '__sdctl_command img2img' -l script -x -d 'run a script of the server, by its title'
complete -c sdctl -n '__sdctl_command img2img' -l script-arg -x -d 'an argument of the script, by name or in order (repeats)'
complete -c sdctl -n '__sdctl_command img2img' -s o -l output -r -F -d 'where the images go'
complete -c sdctl -n '__sdctl_command img2img' -l force -d 'replace existing files'
complete -c sdctl -n '__sdctl_command img2img' -s e -l endpoint -x -d 'the service: the name of a configured endpoint, or a URL'
complete -c sdctl -n '__sdctl_command img2img' -s b -l backend -x -a 'webui' -d 'the kind of service that the endpoint is'
complete -c sdctl -n '__sdctl_command img2img' -l api-key-file -r -F -d 'read the key from a file, or from standard input'
complete -c sdctl -n '__sdctl_command img2img' -l timeout -x -d 'how long to wait for the result in all (more than 0, up to 604800)'
complete -c sdctl -n '__sdctl_command img2img' -l retries -x -d 'attempts after the first, for what is safe to repeat (0 to 100)'
complete -c sdctl -n '__sdctl_command img2img' -l insecure-http -d 'send the key even over http to another machine, unencrypted'
complete -c sdctl -n '__sdctl_command img2img' -l dry-run -d 'print the request body that would be sent; send nothing'
complete -c sdctl -n '__sdctl_command img2img' -l explain -d 'print each effective parameter and its origin as JSON; send nothing'
complete -c sdctl -n '__sdctl_command img2img' -l strict -d 'exit with status 10 if the server did something else than asked'
complete -c sdctl -n '__sdctl_command img2img' -l no-progress -d 'show no progress on standard error'
complete -c sdctl -n '__sdctl_command img2img' -l error-format -x -a 'text json' -d 'how errors are written to standard error'
complete -c sdctl -n '__sdctl_command img2img' -s q -l quiet -d 'no progress and no warnings on standard error; errors remain'
complete -c sdctl -n '__sdctl_command img2img' -s v -l verbose -d 'say on standard error what is being done'
complete -c sdctl -n '__sdctl_command img2img' -s h -l help -d 'print a summary of the options'

complete -c sdctl -n '__sdctl_command inpaint' -s i -l image -r -F -d 'the image to start from: PNG, JPEG or WebP (repeats)'
complete -c sdctl -n '__sdctl_command inpaint' -s p -l prompt -x -a '(__sdctl_prompt)' -d 'what the result should show'
complete -c sdctl -n '__sdctl_command inpaint' -s n -l negative-prompt -x -a '(__sdctl_prompt)' -d 'what the result should not show'
complete -c sdctl -n '__sdctl_command inpaint' -l steps -x -d 'sampling steps (1 to 10000)'
complete -c sdctl -n '__sdctl_command inpaint' -l cfg-scale -x -d 'CFG scale: how closely the result adheres to the prompt (0 to 100)'
complete -c sdctl -n '__sdctl_command inpaint' -l sampler -x -d 'sampling method, by the server\'s name, such as "Euler a"'
complete -c sdctl -n '__sdctl_command inpaint' -l scheduler -x -d 'noise schedule, by the server\'s name, such as Karras'
complete -c sdctl -n '__sdctl_command inpaint' -l seed -x -d 'seed of the noise; -1 lets the server draw one (-1 to 9007199254740991)'
complete -c sdctl -n '__sdctl_command inpaint' -l clip-skip -x -d 'which of the last CLIP layers encodes the prompt; 1 is the last (1 to 12)'
complete -c sdctl -n '__sdctl_command inpaint' -l size -x -d 'width and height of the result in pixels, such as 512x768 (1 to 16384)'
complete -c sdctl -n '__sdctl_command inpaint' -l width -x -d 'width of the result in pixels (1 to 16384)'
complete -c sdctl -n '__sdctl_command inpaint' -l height -x -d 'height of the result in pixels (1 to 16384)'
complete -c sdctl -n '__sdctl_command inpaint' -l resize -x -a 'just crop fill latent' -d 'how the image is brought to the size of the result'
complete -c sdctl -n '__sdctl_command inpaint' -l strength -x -d 'denoising strength: how far the result may depart from the image (0 to 1)'
complete -c sdctl -n '__sdctl_command inpaint' -l count -x -d 'how many images to make (1 to 1000)'
complete -c sdctl -n '__sdctl_command inpaint' -l model -x -d 'checkpoint, by the server\'s name for it'
complete -c sdctl -n '__sdctl_command inpaint' -l vae -x -d 'VAE, by the server\'s name for it'
complete -c sdctl -n '__sdctl_command inpaint' -l lora -x -d 'apply a LoRA; the weight is 1 unless given (repeats)'
complete -c sdctl -n '__sdctl_command inpaint' -l embedding -x -d 'add a textual inversion embedding to the prompt (repeats)'
complete -c sdctl -n '__sdctl_command inpaint' -l style -x -d 'apply a prompt style that is stored on the server (repeats)'
complete -c sdctl -n '__sdctl_command inpaint' -l controlnet -x -d 'add a ControlNet unit; image=FILE is read and encoded (repeats)'
complete -c sdctl -n '__sdctl_command inpaint' -l set -x -d 'set a native parameter of the backend, dotted for depth (repeats)'
complete -c sdctl -n '__sdctl_command inpaint' -l set-unchecked -d 'send parameters and names that are not known, too'
complete -c sdctl -n '__sdctl_command inpaint' -l params -r -F -d 'read native parameters from a JSON object'
complete -c sdctl -n '__sdctl_command inpaint' -l from -r -F -d 'take over prompt, seed, size and so on from an earlier result'
complete -c sdctl -n '__sdctl_command inpaint' -l script -x -d 'run a script of the server, by its title'
complete -c sdctl -n '__sdctl_command inpaint' -l script-arg -x -d 'an argument of the script, by name or in order (repeats)'
complete -c sdctl -n '__sdctl_command inpaint' -s m -l mask -r -F -d 'the mask: white is repainted, black is kept'
complete -c sdctl -n '__sdctl_command inpaint' -l mask-from -x -a 'luma alpha alpha-inverted' -d 'what of the mask file is the mask'
complete -c sdctl -n '__sdctl_command inpaint' -l invert-mask -d 'invert the mask: black is repainted, white is kept'
complete -c sdctl -n '__sdctl_command inpaint' -l threshold -x -d 'make the mask pure black and white: grey above N is white (0 to 255)'
complete -c sdctl -n '__sdctl_command inpaint' -l mask-blur -x -d 'blur of the mask\'s edge, the sigma of a Gaussian in pixels (0 to 64)'
complete -c sdctl -n '__sdctl_command inpaint' -l mask-blur-x -x -d 'horizontal blur of the mask, in pixels (0 to 64)'
complete -c sdctl -n '__sdctl_command inpaint' -l mask-blur-y -x -d 'vertical blur of the mask, in pixels (0 to 64)'
complete -c sdctl -n '__sdctl_command inpaint' -l fill -x -a 'fill original latent-noise latent-nothing' -d 'what the masked part holds before it is repainted'
complete -c sdctl -n '__sdctl_command inpaint' -l area -x -a 'whole masked' -d 'work on the whole image, or on the masked rectangle at full size'
complete -c sdctl -n '__sdctl_command inpaint' -l padding -x -d 'pixels around the masked rectangle that are worked on with it (0 to 16384)'
complete -c sdctl -n '__sdctl_command inpaint' -l ui-defaults -d 'send what the WebUI page would: original, whole, padding 32, blur 4'
complete -c sdctl -n '__sdctl_command inpaint' -s o -l output -r -F -d 'where the images go'
complete -c sdctl -n '__sdctl_command inpaint' -l force -d 'replace existing files'
complete -c sdctl -n '__sdctl_command inpaint' -s e -l endpoint -x -d 'the service: the name of a configured endpoint, or a URL'
complete -c sdctl -n '__sdctl_command inpaint' -s b -l backend -x -a 'webui' -d 'the kind of service that the endpoint is'
complete -c sdctl -n '__sdctl_command inpaint' -l api-key-file -r -F -d 'read the key from a file, or from standard input'
complete -c sdctl -n '__sdctl_command inpaint' -l timeout -x -d 'how long to wait for the result in all (more than 0, up to 604800)'
complete -c sdctl -n '__sdctl_command inpaint' -l retries -x -d 'attempts after the first, for what is safe to repeat (0 to 100)'
complete -c sdctl -n '__sdctl_command inpaint' -l insecure-http -d 'send the key even over http to another machine, unencrypted'
complete -c sdctl -n '__sdctl_command inpaint' -l dry-run -d 'print the request body that would be sent; send nothing'
complete -c sdctl -n '__sdctl_command inpaint' -l explain -d 'print each effective parameter and its origin as JSON; send nothing'
complete -c sdctl -n '__sdctl_command inpaint' -l strict -d 'exit with status 10 if the server did something else than asked'
complete -c sdctl -n '__sdctl_command inpaint' -l no-progress -d 'show no progress on standard error'
complete -c sdctl -n '__sdctl_command inpaint' -l error-format -x -a 'text json' -d 'how errors are written to standard error'
complete -c sdctl -n '__sdctl_command inpaint' -s q -l quiet -d 'no progress and no warnings on standard error; errors remain'
complete -c sdctl -n '__sdctl_command inpaint' -s v -l verbose -d 'say on standard error what is being done'
complete -c sdctl -n '__sdctl_command inpaint' -s h -l help -d 'print a summary of the options'

complete -c sdctl -n '__sdctl_command mask-invert' -l error-format -x -a 'text json' -d 'how errors are written to standard error'
complete -c sdctl -n '__sdctl_command mask-invert' -s q -l quiet -d 'no progress and no warnings on standard error; errors remain'
complete -c sdctl -n '__sdctl_command mask-invert' -s v -l verbose -d 'say on standard error what is being done'
complete -c sdctl -n '__sdctl_command mask-invert' -s h -l help -d 'print a summary of the options'
complete -c sdctl -n '__sdctl_command mask-invert' -F

complete -c sdctl -n '__sdctl_command interrogate' -l error-format -x -a 'text json' -d 'how errors are written to standard error'
complete -c sdctl -n '__sdctl_command interrogate' -s q -l quiet -d 'no progress and no warnings on standard error; errors remain'
complete -c sdctl -n '__sdctl_command interrogate' -s v -l verbose -d 'say on standard error what is being done'
complete -c sdctl -n '__sdctl_command interrogate' -s h -l help -d 'print a summary of the options'
complete -c sdctl -n '__sdctl_command interrogate' -F

complete -c sdctl -n '__sdctl_command endpoint' -l error-format -x -a 'text json' -d 'how errors are written to standard error'
complete -c sdctl -n '__sdctl_command endpoint' -s q -l quiet -d 'no progress and no warnings on standard error; errors remain'
complete -c sdctl -n '__sdctl_command endpoint' -s v -l verbose -d 'say on standard error what is being done'
complete -c sdctl -n '__sdctl_command endpoint' -s h -l help -d 'print a summary of the options'
complete -c sdctl -n '__sdctl_first_operand endpoint' -a 'add list remove default check'

complete -c sdctl -n '__sdctl_command help' -l error-format -x -a 'text json' -d 'how errors are written to standard error'
complete -c sdctl -n '__sdctl_command help' -s q -l quiet -d 'no progress and no warnings on standard error; errors remain'
complete -c sdctl -n '__sdctl_command help' -s v -l verbose -d 'say on standard error what is being done'
complete -c sdctl -n '__sdctl_command help' -s h -l help -d 'print a summary of the options'
complete -c sdctl -n '__sdctl_first_operand help' -a 'img2img inpaint mask-invert interrogate endpoint help version'

complete -c sdctl -n '__sdctl_command version' -l error-format -x -a 'text json' -d 'how errors are written to standard error'
complete -c sdctl -n '__sdctl_command version' -s q -l quiet -d 'no progress and no warnings on standard error; errors remain'
complete -c sdctl -n '__sdctl_command version' -s v -l verbose -d 'say on standard error what is being done'
complete -c sdctl -n '__sdctl_command version' -s h -l help -d 'print a summary of the options'
