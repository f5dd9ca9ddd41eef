# Flags, linker, cache: how everything here is compiled.

find_program(CCACHE ccache)
if(CCACHE)
  # The precompiled header is cached too: it needs the first two sloppinesses and no time stamp in it.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_compile_options(-fPIE)
add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough -Wconversion -Wno-sign-conversion
  -Werror -fno-delete-null-pointer-checks)
add_compile_options($<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:Clang>>:-Wno-missing-field-initializers>
  -Wno-deprecated-declarations)  # libstdc++ 12 uses a buffer of its own that C++17 deprecates
add_link_options(-fuse-ld=lld -pie)

if(AGON_SANITIZE)
  add_compile_options(-fsanitize=${AGON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${AGON_SANITIZE})
else()
  set(CMAKE_CXX_FLAGS_RELEASE "-O2")
  add_compile_options($<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>)
  add_compile_options(-D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    -Wformat=2 -Werror=format-security)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code)
endif()

# agon_compile(target layer): how the code of a layer is compiled. What it includes most is parsed once, as
# src/<layer>/precompiled.hpp has it, or that of the next layer to the left. Under a sanitizer base and core are
# optimised, where tests spend their time, and the rest is not, where compilers do.
function(agon_compile target layer)
  get_property(owner GLOBAL PROPERTY agon_${layer}_precompiled)
  if(target STREQUAL owner)
    target_precompile_headers(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src/${layer}/precompiled.hpp)
  else()
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>)
  if(AGON_SANITIZE AND layer MATCHES "^(base|core)$")
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()

# agon_layer(app core): the library agon_app of src/app, which may include what stands left of it; its unit tests,
# the files *_test.cpp beside the code, become the program agon_app_test.
function(agon_layer name)
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  set(code ${all})
  list(FILTER code EXCLUDE REGEX "_(test|bench)\\.cpp$")
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  add_library(agon_${name} STATIC ${code})
  target_include_directories(agon_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(agon_${name} PRIVATE AGON_VERSION="${PROJECT_VERSION}")
  foreach(left ${ARGN})
    target_link_libraries(agon_${name} PUBLIC agon_${left})
    get_property(precompiled GLOBAL PROPERTY agon_${left}_precompiled)
  endforeach()
  if(EXISTS ${PROJECT_SOURCE_DIR}/src/${name}/precompiled.hpp)
    set(precompiled agon_${name})
  endif()
  set_property(GLOBAL PROPERTY agon_${name}_precompiled ${precompiled})
  agon_compile(agon_${name} ${name})
  set_property(GLOBAL APPEND PROPERTY agon_layers ${name})
  set_property(GLOBAL PROPERTY agon_${name}_tests ${tests})
endfunction()
