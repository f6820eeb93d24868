# Recipes are plain commands without shell syntax, so that make on Windows can run them too.

ifeq ($(OS),Windows_NT)
PYTHON ?= python
PY := .venv/Scripts/python.exe
else
PYTHON ?= python3
PY := .venv/bin/python
endif

PROFILE ?= builtin
SEEDS ?= 10
STAMP := .venv/installed.txt
NOTEBOOKS := .venv/notebooks.txt
BUILTIN := $(foreach set,mnist genres cifar-10-batches-py ptb,build/data/$(set)/.made)
FOLDERS := theory $(sort $(notdir $(wildcard chapters/ch*_*)))
CHAPTERS := $(foreach folder,$(FOLDERS),$(firstword $(subst _, ,$(folder))))
FOLDER = $(filter $@ $@_%,$(FOLDERS))
# What reaches a printed result that the listing does not reach is a script of its own.
SCRIPT = $(if $(filter repaired,$(PROFILE)),$(basename $(notdir $(firstword $(wildcard chapters/$(FOLDER)/repaired.py) replay.py))),replay)
OPTIONS = --profile $(PROFILE) $(if $(DATA),--data "$(DATA)") $(if $(SEED),--seed $(SEED)) $(if $(THREADS),--threads $(THREADS)) $(if $(OUT),--out "$(OUT)") $(if $(LOGDIR),--logdir "$(LOGDIR)") $(if $(FRESH),--fresh) $(if $(SAMPLE),--sample "$(SAMPLE)") $(if $(WORDS),--words $(WORDS))

.DEFAULT_GOAL := builtin
.PHONY: builtin printed book listed data chapters $(CHAPTERS) check report claims evidence notebooks builtin-data setup lock test bench lint clean help

builtin: REPLAYED := builtin
printed book: REPLAYED := printed
listed: REPLAYED := listed

builtin: $(STAMP) $(BUILTIN)
printed book listed: $(STAMP)

# A chapter that fails does not stop the others, and its earlier result stays. The check judges what this make ran: each
# result holds the token of its make.
builtin printed book listed:
	$(if $(OUT)$(SAMPLE)$(WORDS),$(error OUT, SAMPLE and WORDS are for one chapter: make ch07 SAMPLE="the value of"))
	$(if $(filter builtin,$@),$(if $(DATA),$(error make replays on the built-in data. For the real data: make printed DATA=$(DATA))))
	$(if $(filter builtin,$@)$(DATA),,$(error Say where the real data is: make $@ DATA=dir. To fetch it: make data SET=all DATA=dir))
	$(eval TOKEN := $(shell $(PY) -c "import uuid; print(uuid.uuid4().hex)"))
	$(if $(TOKEN),,$(error $(PY) does not run. To make it anew: make setup))
	$(if $(DATA),@$(PY) -m common.running.begin --data "$(DATA)")
	-@$(MAKE) --no-print-directory --keep-going chapters PROFILE=$(REPLAYED) REPLAY_TOKEN=$(TOKEN)
	@$(PY) -m common.reporting.report --check --profile $(REPLAYED) --token $(TOKEN)

chapters: $(CHAPTERS)

$(filter-out theory,$(CHAPTERS)): $(if $(filter builtin,$(PROFILE)),$(BUILTIN))

$(CHAPTERS): $(STAMP)
	@$(PY) -m chapters.$(FOLDER).$(SCRIPT) $(OPTIONS)

check: $(STAMP)
	@$(PY) -m common.judging.check --profile $(PROFILE)

report: $(STAMP)
	@$(PY) -m common.reporting.report --profile $(PROFILE)

claims: PROFILE := printed
claims: $(STAMP)
	@$(PY) -m common.judging.ledger --profile $(PROFILE)

evidence: $(STAMP)
	@$(PY) -m common.running.evidence $(CHAPTER) --profile $(PROFILE) --seeds $(SEEDS) $(if $(DATA),--data "$(DATA)") $(if $(THREADS),--threads $(THREADS))

notebooks: $(NOTEBOOKS) $(if $(filter builtin,$(PROFILE)),$(BUILTIN))
	@$(PY) -m common.tooling.notebooks $(CHAPTER) --profile $(PROFILE) $(if $(DATA),--data "$(DATA)") $(if $(SEED),--seed $(SEED)) $(if $(THREADS),--threads $(THREADS))

data: $(STAMP)
	$(if $(SET),,$(error Say which data set: make data SET=mnist, or cifar10, ptb, gtzan, all. DATA=dir says where to))
	@$(PY) -m data.fetch "$(SET)" $(if $(DATA),--data "$(DATA)")

builtin-data: $(BUILTIN)

$(BUILTIN): build/data/%/.made: data/builtin.py | $(STAMP)
	@$(PY) -m data.builtin $*

build/data/genres/.made: data/synth.py
build/data/cifar-10-batches-py/.made: data/pictures.py
build/data/ptb/.made: data/reference_text.py

setup: $(STAMP)

$(STAMP): common/tooling/requirements.lock
	@$(PYTHON) common/tooling/environment.py

$(NOTEBOOKS): common/tooling/requirements-notebooks.lock $(STAMP)
	@$(PYTHON) common/tooling/environment.py common/tooling/requirements-notebooks.lock

lock: $(STAMP)
	@$(PY) -m common.tooling.lock $(foreach name,$(UPGRADE),--upgrade $(name))

test: $(STAMP)
	@$(PY) -m pytest $(if $(DATA),"--data=$(DATA)") $(if $(BOOK),"--book=$(BOOK)")

bench: $(STAMP)
	@$(PY) -m tests.bench

lint: $(STAMP)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

clean:
	@$(PYTHON) common/tooling/cleanup.py

help:
	@$(PYTHON) common/tooling/usage.py
