# Every target installs what it needs first, and only what is missing. `make` alone lists the targets.

PYTHON ?= /usr/bin/python3
BUILD := build/release
VENV := .venv
COMPAT_VERSIONS := 2024.11.2 2022.12.1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# ninja, ctest and clang-tidy use all cores by themselves.
.NOTPARALLEL:
.SUFFIXES:

empty :=
space := $(empty) $(empty)

# A digest of the names and contents of files: stamps carry it in their names, so neither a checkout nor a touch
# reinstalls or rebuilds anything.
fingerprint = $(firstword $(shell find $(1) -type f -not -path '*/__pycache__/*' -not -name '*.test.ts' -print0 2>/dev/null \
  | LC_ALL=C sort -z | xargs -0r sha256sum | sha256sum))
WHEEL_SOURCES := CMakeLists.txt LICENSE README.md apps cmake $(wildcard bench/CMakeLists.txt bench/*.h bench/*.cpp) pyproject.toml python src \
  tests/corpus/replay.cpp tests/crash/CMakeLists.txt tests/crash/faults.cpp \
  web/src web/public $(wildcard web/*.* web/.npmrc)
WHEEL_FINGERPRINT := $(call fingerprint,$(WHEEL_SOURCES))
VENV_READY := $(VENV)/ready-$(call fingerprint,requirements-dev.txt)
WHEEL := build/wheel/$(WHEEL_FINGERPRINT)
INSTALLED := $(VENV)/pilothouse-$(WHEEL_FINGERPRINT)

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-19s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: packages test-packages check-packages fuzz-packages
packages: ## install missing Debian packages (SKIP_PACKAGES=1 leaves that to you)
	@[ -n "$(SKIP_PACKAGES)" ] || tools/install_debian_packages.sh build

test-packages:
	@[ -n "$(SKIP_PACKAGES)" ] || tools/install_debian_packages.sh test

check-packages:
	@[ -n "$(SKIP_PACKAGES)" ] || tools/install_debian_packages.sh check

fuzz-packages:
	@[ -n "$(SKIP_PACKAGES)" ] || tools/install_debian_packages.sh fuzz

.PHONY: venv
venv: $(VENV_READY) ## make .venv with the newest distributed and the development tools

$(VENV_READY): | packages
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/pip install --quiet --use-pep517 --requirement requirements-dev.txt
	touch $@

.PHONY: wheel
wheel: $(WHEEL) ## build the wheel into build/wheel

# The C++ tests and benchmarks are built in the same tree as the wheel, so that no source is compiled twice. One build at a time;
# the last few wheels stay for a `make` that runs beside this one.
$(WHEEL): $(VENV_READY) | packages
	mkdir -p build/wheel
	rm -rf $@.part
	flock build/lock $(VENV)/bin/pip wheel . --verbose --no-deps --no-build-isolation --wheel-dir $@.part \
	  --config-settings=build-dir=$(BUILD) --config-settings=cmake.define.PILOTHOUSE_TESTS=ON \
	  --config-settings=cmake.define.PILOTHOUSE_BENCH=ON
	rm -rf $@
	mv $@.part $@
	ls -dt build/wheel/* | tail -n +5 | xargs -r rm -rf

.PHONY: build
build: $(INSTALLED) ## compile, and install pilothouse into .venv

$(INSTALLED): $(WHEEL) $(VENV_READY)
	rm -f $(VENV)/pilothouse-*
	$(VENV)/bin/pip install --quiet --no-deps --force-reinstall $(WHEEL)/*.whl
	touch $@

# What npm installs. The build of the pages takes the same turns, and leaves the same stamp.
.PHONY: web-packages
web-packages: | packages
	@flock web node web/install.mjs

.PHONY: demo
demo: build ## record a real Dask cluster at work, and show what was recorded
	$(VENV)/bin/python demo/run.py

.PHONY: test
test: test-cpp test-web test-browser test-memory-errors test-python test-crash test-compat ## run all tests

.PHONY: test-cpp
test-cpp: build ## run the C++ tests
	ctest --test-dir $(BUILD) --output-on-failure --parallel 2

.PHONY: test-python
test-python: build | test-packages ## run the Python and integration tests with the newest distributed
	$(VENV)/bin/python -m pytest tests/hub tests/python tests/integration

WEB := cd web && node_modules/.bin
.PHONY: test-web
test-web: web-packages ## run the unit tests of the pages
	$(WEB)/vitest run

PLAYWRIGHT = $(WEB)/playwright test --config ../tests/browser/playwright.config.ts
# TEST='sign_in -g wrong': some of them.
.PHONY: test-browser
test-browser: build web-packages | test-packages ## use the pages in Chromium, with real clusters (TEST=sign_in for one file)
	$(PLAYWRIGHT) --project=tests $(TEST)

.PHONY: screenshots
screenshots: build web-packages | test-packages ## take pictures of the pages, into build/screenshots
	$(PLAYWRIGHT) --project=screenshots

# What reads the bytes of others, with the address and undefined behaviour sanitizers; `make test-asan` runs everything.
SANITIZED := base model tape trust audit_engine audit_input audit_report store recorder redact
.PHONY: test-memory-errors
test-memory-errors: | packages ## run the tests of the formats, the store and the recorder's core with sanitizers
	cmake --preset asan --log-level=WARNING
	cmake --build --preset asan --target fuzzers $(SANITIZED:%=pilothouse_%_test)
	ctest --preset asan --parallel 2 --quiet --output-log build/asan/memory-errors.log \
	  --tests-regex '^(corpus|$(subst $(space),|,$(SANITIZED:%=pilothouse_%)))\.' || { cat build/asan/memory-errors.log; exit 1; }
	@tail -4 build/asan/memory-errors.log

.PHONY: test-asan test-tsan
test-asan: ## run the C++ tests with the address and undefined behaviour sanitizers
test-tsan: ## run the C++ tests with the thread sanitizer
test-asan test-tsan: test-%: | packages
	cmake --preset $* --log-level=WARNING
	cmake --build --preset $*
	ctest --preset $* --parallel 2

CRASH_ROUNDS ?= 6
.PHONY: test-crash
test-crash: build | test-packages ## crash and starve the hub, break its network, set its clock (CRASH_ROUNDS=6)
	$(VENV)/bin/python -m pytest tests/crash --crash-rounds $(CRASH_ROUNDS)

SOAK_SECONDS ?= 3600
.PHONY: soak
soak: build | test-packages ## repeat the crash tests with new seeds (SOAK_SECONDS=3600)
	@end=$$(($$(date +%s) + $(SOAK_SECONDS))); runs=0; \
	while [ "$$(date +%s)" -lt "$$end" ]; do \
	  $(VENV)/bin/python -m pytest tests/crash --exitfirst --crash-rounds 20 || exit 1; \
	  runs=$$((runs + 1)); echo "=== soak: $$runs runs without a failure"; \
	done

FUZZ_SECONDS ?= 60
.PHONY: fuzz fuzz-keep build/fuzz
build/fuzz: | fuzz-packages
	cmake --preset fuzz --log-level=WARNING
	cmake --build --preset fuzz

fuzz: build/fuzz $(VENV_READY) ## run each fuzzer for FUZZ_SECONDS=60, from the corpora in tests/corpus on
	$(VENV)/bin/python tools/run_fuzzers.py build/fuzz --seconds $(FUZZ_SECONDS)

fuzz-keep: build/fuzz $(VENV_READY) ## bring what the fuzzers found to reach new code into tests/corpus
	$(VENV)/bin/python tools/run_fuzzers.py build/fuzz --keep

.PHONY: test-compat $(COMPAT_VERSIONS:%=test-compat-%)
test-compat: $(COMPAT_VERSIONS:%=test-compat-%) ## run the integration tests with older versions of distributed

define compat_rules
test-compat-$(1): .venvs/$(1)/pilothouse-$(WHEEL_FINGERPRINT)
	.venvs/$(1)/bin/python -m pytest tests/integration

.venvs/$(1)/pilothouse-$(WHEEL_FINGERPRINT): $(WHEEL) .venvs/$(1)/ready-$(call fingerprint,tests/compat/$(1).txt)
	rm -f .venvs/$(1)/pilothouse-*
	.venvs/$(1)/bin/pip install --quiet --no-deps --force-reinstall $(WHEEL)/*.whl
	touch $$@

.venvs/$(1)/ready-$(call fingerprint,tests/compat/$(1).txt): | packages
	$(PYTHON) -m venv --clear .venvs/$(1)
	.venvs/$(1)/bin/pip install --quiet --requirement tests/compat/$(1).txt
	touch $$@
endef
$(foreach version,$(COMPAT_VERSIONS),$(eval $(call compat_rules,$(version))))

# Directories with C++ and with Python of our own.
CXX_DIRS := $(wildcard src apps bench tests)
CXX_FILES = $(shell find $(CXX_DIRS) -name '*.h' -o -name '*.cpp')
PYTHON_DIRS := $(wildcard python tests demo tools bench)

.PHONY: check
check: check-format check-layers check-python check-web check-docs check-tidy ## check formatting, layers, types, links and clang-tidy

.PHONY: check-format
check-format: $(VENV_READY) | check-packages
	@clang-format-14 --dry-run -Werror $(CXX_FILES)
	@echo "clang-format: $(words $(CXX_FILES)) files, 0 errors"
	$(VENV)/bin/ruff format --check $(PYTHON_DIRS)
	shellcheck tools/*.sh .ci/run

.PHONY: check-layers
check-layers: $(VENV_READY)
	$(VENV)/bin/python tools/check_layers.py

.PHONY: check-python
check-python: $(VENV_READY)
	$(VENV)/bin/ruff check $(PYTHON_DIRS)
	$(VENV)/bin/mypy
	$(VENV)/bin/mypy tools demo

.PHONY: check-web
check-web: web-packages
	$(WEB)/biome check . ../tests/browser
	$(WEB)/tsc
	$(WEB)/tsc --project ../tests/browser

.PHONY: check-docs
check-docs: $(VENV_READY)
	$(VENV)/bin/python tools/check_links.py

.PHONY: check-tidy
check-tidy: $(WHEEL) | check-packages
	$(VENV)/bin/python tools/run_clang_tidy.py $(BUILD)

.PHONY: format
format: $(VENV_READY) web-packages | check-packages ## format all sources in place
	@clang-format-14 -i $(CXX_FILES)
	@echo "clang-format: $(words $(CXX_FILES)) files"
	$(VENV)/bin/ruff check --fix --quiet $(PYTHON_DIRS)
	$(VENV)/bin/ruff format $(PYTHON_DIRS)
	$(WEB)/biome check --write . ../tests/browser

.PHONY: bench bench-scale
bench: build web-packages ## measure every goal against its peer (BENCH=--quick for a short run)
	PYTHONPATH=tests/integration:tests/audit_cases $(VENV)/bin/python bench/run.py --build $(BUILD) $(BENCH)

bench-scale: build ## ask a hub with 100 million spans (BENCH='--spans 10000000 --clusters 10000' for fewer)
	PYTHONPATH=tests/integration $(VENV)/bin/python bench/scale.py --build $(BUILD) $(BENCH)

.PHONY: audit-packages
audit-packages: build ## audit fifty widely used packages, and list what is rated above 0.7
	PYTHONPATH=tests/integration:tests/audit_cases $(VENV)/bin/python bench/audit_packages.py $(BENCH)

.PHONY: clean
clean: ## remove build output
	rm -rf build

.PHONY: distclean
distclean: clean ## remove build output and the virtual environments
	rm -rf $(VENV) .venvs .mypy_cache .pytest_cache .ruff_cache web/node_modules
