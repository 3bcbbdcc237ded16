# How every Tacet library is compiled: C++20, warnings are errors, no exceptions in the core, one name per layer.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(tacet_flags INTERFACE)
target_compile_options(tacet_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
# What GCC 12 believes of variants and vectors when it optimises is wrong too often. Clang and the sanitizers look instead.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(tacet_flags INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
                                               -Wno-stringop-overread -Wno-restrict)
endif()
target_include_directories(tacet_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)

if(EMSCRIPTEN)
  # Debian's header-only libraries, after the sysroot's own headers: plain -I would poison them.
  target_compile_options(tacet_flags INTERFACE -fno-exceptions "SHELL:-idirafter /usr/include" -msimd128)
  add_link_options(-sDYNAMIC_EXECUTION=0)
endif()

set(TACET_SANITIZE "" CACHE STRING "Sanitizers for the whole build, such as address,undefined")
if(TACET_SANITIZE)
  add_compile_options(-fsanitize=${TACET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TACET_SANITIZE})
endif()

# tacet_library(NAME sources…): the library tacet_NAME.
function(tacet_library name)
  add_library(tacet_${name} STATIC ${ARGN})
  target_link_libraries(tacet_${name} PRIVATE tacet_flags PUBLIC tacet_headers)
endfunction()

# Consumers need the include root (and, under Emscripten, the late system headers), not our warnings.
add_library(tacet_headers INTERFACE)
target_include_directories(tacet_headers INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(EMSCRIPTEN)
  target_compile_options(tacet_headers INTERFACE "SHELL:-idirafter /usr/include")
endif()

# libsodium 1.0.22, ours and not the system's: see .ci/deps.
add_library(sodium INTERFACE)
if(EMSCRIPTEN)
  set(TACET_SODIUM ${TACET_CACHE}/sodium-wasm)
else()
  set(TACET_SODIUM ${TACET_CACHE}/sodium-native)
endif()
target_include_directories(sodium SYSTEM INTERFACE ${TACET_SODIUM}/include)
target_link_libraries(sodium INTERFACE ${TACET_SODIUM}/lib/libsodium.a)
# Its ML-KEM a second time for processors with AVX2, where .ci/deps could make it.
if(EXISTS ${TACET_SODIUM}/lib/libmlkem768_avx2.a)
  add_library(mlkem768_avx2 INTERFACE)
  target_link_libraries(mlkem768_avx2 INTERFACE ${TACET_SODIUM}/lib/libmlkem768_avx2.a sodium)
endif()
