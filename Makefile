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

# A digest of the names and contents of files: stamps carry it in their names, so neither a checkout nor a touch
# reinstalls or rebuilds anything.
fingerprint = $(firstword $(shell find $(1) -type f -not -path '*/__pycache__/*' -print0 2>/dev/null \
  | LC_ALL=C sort -z | xargs -0r sha256sum | sha256sum))
WHEEL_SOURCES := CMakeLists.txt LICENSE README.md apps bench/CMakeLists.txt bench/ingest.cpp pyproject.toml python src
WHEEL_FINGERPRINT := $(call fingerprint,$(WHEEL_SOURCES))
VENV_READY := $(VENV)/ready-$(call fingerprint,requirements-dev.txt)
WHEEL := build/wheel/$(WHEEL_FINGERPRINT)
INSTALLED := $(VENV)/pilothouse-$(WHEEL_FINGERPRINT)

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: packages test-packages check-packages
packages: ## install missing Debian packages (SKIP_PACKAGES=1 leaves that to you)
	@[ -n "$(SKIP_PACKAGES)" ] || tools/install_debian_packages.sh build

test-packages:
	@[ -n "$(SKIP_PACKAGES)" ] || tools/install_debian_packages.sh test

check-packages:
	@[ -n "$(SKIP_PACKAGES)" ] || tools/install_debian_packages.sh check

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

.PHONY: demo
demo: build ## record a real Dask cluster at work, and show what was recorded
	$(VENV)/bin/python demo/run.py

.PHONY: test
test: test-cpp test-python test-compat ## run all tests

.PHONY: test-cpp
test-cpp: build ## run the C++ tests
	ctest --test-dir $(BUILD) --output-on-failure --parallel 2

.PHONY: test-python
test-python: build | test-packages ## run the Python and integration tests with the newest distributed
	$(VENV)/bin/python -m pytest tests/hub tests/python tests/integration

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
CXX_DIRS := $(wildcard src apps bench)
CXX_FILES = $(shell find $(CXX_DIRS) -name '*.h' -o -name '*.cpp')
PYTHON_DIRS := $(wildcard python tests demo tools bench)

.PHONY: check
check: check-format check-layers check-python check-docs check-tidy ## check formatting, layers, types, links and clang-tidy

.PHONY: check-format
check-format: $(VENV_READY) | check-packages
	clang-format-14 --dry-run -Werror $(CXX_FILES)
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

.PHONY: check-docs
check-docs: $(VENV_READY)
	$(VENV)/bin/python tools/check_links.py

.PHONY: check-tidy
check-tidy: $(WHEEL) | check-packages
	$(VENV)/bin/python tools/run_clang_tidy.py $(BUILD)

.PHONY: format
format: $(VENV_READY) | check-packages ## format all sources in place
	clang-format-14 -i $(CXX_FILES)
	$(VENV)/bin/ruff check --fix --quiet $(PYTHON_DIRS)
	$(VENV)/bin/ruff format $(PYTHON_DIRS)

.PHONY: bench
bench: build ## run the benchmarks
	PYTHONPATH=tests/integration $(VENV)/bin/python bench/run.py --build $(BUILD)

.PHONY: clean
clean: ## remove build output
	rm -rf build

.PHONY: distclean
distclean: clean ## remove build output and the virtual environments
	rm -rf $(VENV) .venvs .mypy_cache .pytest_cache .ruff_cache
