# The front door. `make` lists what there is; the work is done by CMake's presets (CMakePresets.json).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

JOBS ?= $(shell nproc)
# What `make run` passes on, as in: make run ARGS="serve --listen 127.0.0.1:8000"
ARGS ?= demo

CODE_FOLDERS := $(wildcard src tests bench examples)
CODE = find $(CODE_FOLDERS) -name '*.cpp' -o -name '*.hpp'
# Files of these folders are read by clang-tidy too; those that include Beast would cost half a minute each.
LINT := $(CURDIR)/src/(base|core)/.*(?<!_test)(?<!_bench)\.cpp$$
# What runs under the sanitizers; for threads, what has more than one.
asan_tests := ^(unit|fuzz|simulation|acceptance)
asan_targets := all
tsan_tests := ^(unit\.app|unit\.adapters|acceptance)
tsan_targets := agon agon_app_test agon_adapters_test

.PHONY: help
help:  ## this list
	@echo "make …"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

.PHONY: build
build: build/release/build.ninja  ## build the program: build/release/agon
	@echo "building build/release/agon"
	@cmake --build --preset release --target agon -j $(JOBS)

.PHONY: run
run: build  ## build, then a tournament of built-in bots in the terminal (ARGS="serve …" for something else)
	@echo "running agon $(ARGS)"
	@build/release/agon $(ARGS)

.PHONY: test
test: build/release/build.ninja  ## build, then every test
	@echo "building the program and its tests"
	@cmake --build --preset release -j $(JOBS)
	@echo "testing"
	@ctest --preset release --no-tests=error -j $(JOBS)

.PHONY: check
check: check-format check-rules check-lint check-asan check-tsan  ## formatting, rules, clang-tidy, sanitizers
	@echo "checked"

.PHONY: check-format
check-format: tools
	@echo "checking the formatting"
	@$(CODE) | xargs clang-format-19 --dry-run -Werror || { echo "not formatted: run \`make fmt\`"; exit 1; }

.PHONY: check-rules
check-rules: tools
	@echo "checking the architecture's rules and the lock file"
	@python3 tools/tidy.py
	@python3 tools/clean_lock.py --check

# The second follows what each function may do, path by path, and takes as long as the first: so not for each change.
# clang-tidy reads the precompiled header of the build, so there must be one.
.PHONY: check-lint analyze
analyze:  ## clang's static analyzer over src/base and src/core
analyze: lint_checks = -checks='-*,clang-analyzer-*'
check-lint analyze: build/release/build.ninja
	@echo "checking with clang-tidy"
	@cmake --build --preset release --target agon_core -j $(JOBS) >build/lint.log || { cat build/lint.log; exit 1; }
	@run-clang-tidy-19 -quiet -j $(JOBS) -p build/release $(lint_checks) '$(LINT)' >build/lint.log 2>&1 \
		|| { grep -A 3 -E ': (error|warning): ' build/lint.log || cat build/lint.log; exit 1; }

export UBSAN_OPTIONS ?= print_stacktrace=1
check-asan check-tsan: export ASAN_SYMBOLIZER_PATH = $(shell command -v llvm-symbolizer-19)
check-asan check-tsan: export TSAN_OPTIONS = external_symbolizer_path=$(shell command -v llvm-symbolizer-19)

# How often the tests kill and race: under a sanitizer each time is slow, and `make test` has done it more often.
check-asan check-tsan: export AGON_CRASHES ?= 12
check-asan check-tsan: export AGON_RACES ?= 40

.PHONY: check-asan check-tsan
check-asan: build/asan/build.ninja
check-tsan: build/tsan/build.ninja
check-asan check-tsan: check-%:
	@echo "building with $*"
	@cmake --build --preset $* --target $($*_targets) -j $(JOBS)
	@echo "testing with $*"
	@ctest --preset $* --no-tests=error -j $(JOBS) -R '$($*_tests)'

.PHONY: bench
bench: build/release/build.ninja  ## build the benchmarks and measure
	@echo "building the benchmarks"
	@cmake --build --preset release --target agon bench_programs -j $(JOBS)
	@echo "measuring"
	@python3 bench/run.py

.PHONY: fmt
fmt: tools  ## format the code
	@echo "formatting $(CODE_FOLDERS)"
	@$(CODE) | xargs clang-format-19 -i

.PHONY: gen
gen: build  ## write again what is generated and committed: docs/openapi.json, docs/asyncapi.json
	@echo "writing docs/openapi.json and docs/asyncapi.json"
	@mkdir -p docs
	@build/release/agon openapi >build/openapi.json
	@mv build/openapi.json docs/openapi.json
	@build/release/agon asyncapi >build/asyncapi.json
	@mv build/asyncapi.json docs/asyncapi.json

.PHONY: clean
clean: tools  ## delete what was built
	@echo "deleting build/"
	@rm -rf build

# What the machine must have. Where it has it, this takes milliseconds.
.PHONY: tools
tools:
	@tools/install.sh

# CMake configures once per preset; from then on it notices changes by itself.
build/%/build.ninja: CMakePresets.json | tools
	@echo "configuring build/$*"
	@mkdir -p build
	@cmake --preset $* >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	@touch $@
