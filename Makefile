# Recipes are plain commands without shell syntax, so that make on Windows can run them too.

ifeq ($(OS),Windows_NT)
PYTHON ?= python
PY := .venv/Scripts/python.exe
else
PYTHON ?= python3
PY := .venv/bin/python
endif

# Only what stands behind `make` counts: an exported DATA of a shell belongs to something else. A value is never expanded,
# and no shell reads it: the programs get DATA as REPLAY_DATA (with_given in common/errors.py). So a folder's name may
# have quotes, spaces and dollars.
GIVEN := PROFILE DATA SEED THREADS WITH OUT LOGDIR FRESH SAMPLE WORDS SET CHAPTER SEEDS BOOK \
	CHAPTERS WORKERS SCHEDULER UV
given = $(if $(filter command,$(firstword $(origin $1))),$(value $1))
$(foreach name,$(GIVEN),$(eval export REPLAY_$(name) = $$(call given,$(name))))
unexport $(GIVEN)
USUAL := builtin
CHOSEN = $(or $(call given,PROFILE),$(USUAL))
export REPLAY_PROFILE = $(CHOSEN)
# The chapters of a make that replays all of them, so that each can say which it is.
export REPLAY_ORDER = $(if $(filter command,$(firstword $(origin REPLAY_TOKEN))),$(NAMES))

# This one counts from a shell, too: LANGUAGE=ko make. A program's messages are in it.
ASKED := $(subst :, ,$(or $(LANGUAGE),$(LC_ALL),$(LC_MESSAGES),$(LANG)))
SPOKEN := $(if $(filter ko ko_% ko.% ko@%,$(firstword $(filter ko ko_% ko.% ko@% en en_% en.% en@% C C.% POSIX,$(ASKED)))),ko,en)

# What make itself refuses, in both languages.
refuse = $(error $($1_$(SPOKEN)))
language_en = LANGUAGE=$(call given,LANGUAGE): choose en or ko
language_ko = LANGUAGE=$(call given,LANGUAGE): en이나 ko를 고르십시오
for_one_en = OUT, SAMPLE and WORDS are for one chapter: make ch07 SAMPLE="the value of"
for_one_ko = OUT, SAMPLE, WORDS는 한 장에서만 쓸 수 있습니다: make ch07 SAMPLE="the value of"
with_en = WITH is for one chapter: make ch02 WITH="$(call given,WITH)"
with_ko = WITH는 한 장에서만 쓸 수 있습니다: make ch02 WITH="$(call given,WITH)"
all_en = $(strip make $(filter-out builtin,$@)) replays all chapters. For one of them: make $(call given,CHAPTER)
all_ko = $(strip make $(filter-out builtin,$@)): 모든 장을 실행하는 명령입니다. 한 장만 실행하려면: make $(call given,CHAPTER)
builtin_en = make replays on the built-in data. For the real data: make printed DATA=$(call given,DATA)
builtin_ko = make는 내장 데이터로 실행합니다. 실제 데이터로 실행하려면: make printed DATA=$(call given,DATA)
where_en = Say where the real data is: make $@ DATA=dir (the shell's own DATA does not count). To fetch it: make data SET=all DATA=dir
where_ko = 실제 데이터의 폴더를 알려 주십시오: make $@ DATA=dir (셸의 DATA는 쓰지 않습니다). 데이터를 받으려면: make data SET=all DATA=dir
python_en = $(PY) does not run. To make it anew: make setup
python_ko = $(PY): 실행되지 않습니다. 다시 만들려면: make setup
chapter_en = $@ is the chapter already: leave CHAPTER out
chapter_ko = $@: 이미 장의 이름입니다. CHAPTER를 빼십시오
report_en = The report shows all chapters: make report. One chapter: make check CHAPTER=$(call given,CHAPTER)
report_ko = 보고서는 모든 장을 보여 줍니다: make report. 한 장만 보려면: make check CHAPTER=$(call given,CHAPTER)
set_en = Say which data set: make data SET=mnist, or cifar10, ptb, gtzan, all. DATA=dir says where to
set_ko = 받을 데이터를 알려 주십시오: make data SET=mnist, 또는 cifar10, ptb, gtzan, all. 받을 폴더는 DATA=dir

$(if $(filter-out en ko,$(call given,LANGUAGE)),$(call refuse,language))

# These change what Python finds and does. The packages of .venv are the pinned ones, and no others.
unexport PYTHONHOME PYTHONPATH PYTHONSAFEPATH PYTHONSTARTUP PYTHONINSPECT PYTHONOPTIMIZE PYTHONWARNINGS PYTHONPLATLIBDIR

STAMP := .venv/installed.txt
NOTEBOOKS := .venv/notebooks.txt
SWEEP := .venv/sweep.txt
SITE := .venv/site.txt
# What each chapter reads (`data` of its book.toml), and the folder of its built-in stand-in. The others read nothing.
SET_ch01 := mnist
SET_ch02 := mnist
SET_ch03 := genres
SET_ch04 := mnist
SET_ch05 := cifar-10-batches-py
SET_ch07 := ptb
made = $(foreach set,$(sort $(foreach chapter,$1,$(SET_$(chapter)))),build/data/$(set)/.made)
BUILTIN := $(foreach set,mnist genres cifar-10-batches-py ptb,build/data/$(set)/.made)
FOLDERS := theory $(sort $(notdir $(wildcard chapters/ch*_*)))
NAMES := $(foreach folder,$(FOLDERS),$(firstword $(subst _, ,$(folder))))
FOLDER = $(filter $@ $@_%,$(FOLDERS))
# What reaches a printed result that the listing does not reach is a script of its own.
SCRIPT = $(if $(filter repaired,$(CHOSEN)),$(basename $(notdir $(firstword $(wildcard chapters/$(FOLDER)/repaired.py) replay.py))),replay)

.DEFAULT_GOAL := builtin
.PHONY: builtin printed book listed data chapters $(NAMES) check report claims sweep worker spread notebooks site builtin-data setup lock messages test torture bench lint clean help

builtin: REPLAYED := builtin
printed book: REPLAYED := printed
listed: REPLAYED := listed

builtin printed book listed: $(STAMP)

# A chapter that fails does not stop the others, and its earlier result stays. The check judges what this make ran: each
# result holds the token of its make.
builtin printed book listed:
	$(if $(call given,OUT)$(call given,SAMPLE)$(call given,WORDS),$(call refuse,for_one))
	$(if $(call given,WITH),$(call refuse,with))
	$(if $(call given,CHAPTER),$(call refuse,all))
	$(if $(filter builtin,$@),$(if $(call given,DATA),$(call refuse,builtin)))
	$(if $(filter builtin,$@)$(call given,DATA),,$(call refuse,where))
	$(eval TOKEN := $(shell $(PY) -c "import uuid; print(uuid.uuid4().hex)"))
	$(if $(TOKEN),,$(call refuse,python))
	$(if $(call given,DATA),@$(PY) -m common.running.begin)
	-@$(MAKE) --no-print-directory --keep-going chapters PROFILE=$(REPLAYED) REPLAY_TOKEN=$(TOKEN)
	@$(PY) -m common.reporting.report --check --profile $(REPLAYED) --token $(TOKEN)

chapters: $(NAMES)

$(if $(filter-out builtin,$(CHOSEN))$(call given,CHAPTER),,$(foreach chapter,$(NAMES),$(eval $(chapter): $(call made,$(chapter)))))

$(NAMES): $(STAMP)
	$(if $(call given,CHAPTER),$(call refuse,chapter))
	@$(PY) -m chapters.$(FOLDER).$(SCRIPT)

check: $(STAMP)
	@$(PY) -m common.judging.check

report: $(STAMP)
	$(if $(call given,CHAPTER),$(call refuse,report))
	@$(PY) -m common.reporting.report

claims: USUAL := printed
claims: $(STAMP)
	@$(PY) -m common.judging.ledger

sweep: $(SWEEP) $(if $(filter builtin,$(CHOSEN)),$(call made,$(or $(call given,CHAPTERS),$(NAMES))))
	@$(PY) -m common.sweeping.sweep

worker: $(SWEEP) $(BUILTIN)
	@$(PY) -m common.sweeping.worker

spread: $(STAMP)
	@$(PY) -m common.reporting.spread

notebooks: $(NOTEBOOKS) $(if $(filter builtin,$(CHOSEN)),$(call made,$(or $(call given,CHAPTER),$(NAMES))))
	@$(PY) -m common.tooling.notebooks

site: notebooks $(SITE)
	@$(PY) -m common.publishing.site

data: $(STAMP)
	$(if $(call given,SET),,$(call refuse,set))
	@$(PY) -m data.fetch

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

$(SWEEP): common/tooling/requirements-sweep.lock $(STAMP)
	@$(PYTHON) common/tooling/environment.py common/tooling/requirements-sweep.lock

$(SITE): common/tooling/requirements-site.lock $(STAMP)
	@$(PYTHON) common/tooling/environment.py common/tooling/requirements-site.lock

lock: $(STAMP)
	@$(PY) -m common.tooling.lock $(foreach name,$(call given,UPGRADE),--upgrade $(name))

messages: $(STAMP)
	@$(PY) -m common.tooling.messages

test: $(STAMP)
	@$(PY) -m pytest --numprocesses=2 --dist=loadfile

torture: $(STAMP)
	@$(PY) -m tests.torture

bench: $(STAMP)
	@$(PY) -m tests.bench

lint: $(STAMP)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

clean:
	@$(PYTHON) common/tooling/cleanup.py

help:
	@$(PYTHON) common/tooling/usage.py
