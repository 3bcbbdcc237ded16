# Puts the bundle together in web/. Everything is made again only when something it is made of changed.
set(web ${CMAKE_CURRENT_BINARY_DIR}/web)
set(page ${CMAKE_SOURCE_DIR}/web)

find_program(TACET_SUBSET pyftsubset REQUIRED)   # Debian: fonttools
find_program(TACET_RSVG rsvg-convert REQUIRED)   # Debian: librsvg2-bin
set(TACET_INTER /usr/share/fonts/opentype/inter CACHE PATH "Inter-Regular.otf and Inter-SemiBold.otf (Debian: fonts-inter)")

set(made "")
function(bundle_file name)  # bundle_file(NAME DEPENDS … COMMAND …): one file of the bundle
  cmake_parse_arguments(arg "" "" "DEPENDS;COMMAND" ${ARGN})
  add_custom_command(
    OUTPUT ${web}/${name}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${web}
    COMMAND ${arg_COMMAND}
    DEPENDS ${arg_DEPENDS}
    VERBATIM)
  set(made ${made} ${web}/${name} PARENT_SCOPE)
endfunction()

foreach(name index.html load.js style.css manifest.webmanifest config.json icon.svg)
  bundle_file(${name} DEPENDS ${page}/${name} COMMAND ${CMAKE_COMMAND} -E copy ${page}/${name} ${web}/${name})
endforeach()

foreach(program app stretch)
  foreach(kind js wasm)
    set(built ${CMAKE_CURRENT_BINARY_DIR}/${program}.${kind})
    bundle_file(${program}.${kind} DEPENDS ${program} COMMAND ${CMAKE_COMMAND} -E copy ${built} ${web}/${program}.${kind})
  endforeach()
endforeach()

# What our own words need (src/words): Latin with Latin-1 and Extended-A, punctuation, arrows, a check mark. The same
# file serves ImGui and CSS, so it is fetched once. No hinting: it is drawn at two or three pixels per pixel anyway.
set(letters U+0020-007E,U+00A0-017F,U+02C6,U+02DA,U+02DC,U+2010-2027,U+202F,U+2030,U+2032,U+2033,U+2039,U+203A)
string(APPEND letters ,U+2044,U+20AC,U+2122,U+2190-2193,U+2212,U+2713,U+FFFD)
foreach(face "400 Regular" "600 SemiBold")
  string(REPLACE " " ";" face ${face})
  list(GET face 0 weight)
  list(GET face 1 style)
  set(source ${TACET_INTER}/Inter-${style}.otf)
  bundle_file(
    inter-${weight}.otf
    DEPENDS ${source}
    COMMAND ${TACET_SUBSET} ${source} --unicodes=${letters} --layout-features=kern,ccmp,locl,mark,mkmk --no-hinting
            --name-IDs=0,1,2,13,14 --output-file=${web}/inter-${weight}.otf)
endforeach()

foreach(icon "icon 180" "icon 192" "icon 512" "icon-maskable 512")
  string(REPLACE " " ";" icon ${icon})
  list(GET icon 0 drawing)
  list(GET icon 1 size)
  bundle_file(
    ${drawing}-${size}.png
    DEPENDS ${page}/${drawing}.svg
    COMMAND ${TACET_RSVG} -w ${size} -h ${size} ${page}/${drawing}.svg -o ${web}/${drawing}-${size}.png)
endforeach()

# A host that can sends the gzipped one. Without name and time in it: the same input gives the same bytes.
foreach(name index.html load.js style.css manifest.webmanifest icon.svg app.js app.wasm stretch.js stretch.wasm
             inter-400.otf inter-600.otf)
  add_custom_command(
    OUTPUT ${web}/${name}.gz
    COMMAND gzip -9 -n -k -f ${web}/${name}
    DEPENDS ${web}/${name}
    VERBATIM)
  list(APPEND made ${web}/${name}.gz)
endforeach()

add_custom_target(bundle ALL DEPENDS ${made})
