"""The rules of Korean prose that a machine can check: 합니다체, short sentences, and one word for one thing.

`complaints` returns what is wrong in a page. `VARIANTS` are words that the pages do not use, each with the one that
they use in its place.
"""

import re

from tests.support.prose import plain, words

WORDS = 20
ENDINGS = r"(?:니다|시오|니까)$"
VARIANTS = {
    "손실 함수": ("손실함수", "비용 함수", "목적 함수"),
    "은닉 계층": ("은닉층", "은닉계층", "히든"),
    "은닉 상태": ("은닉상태", "은식"),
    "합성곱": ("컨볼루션", "콘볼루션", "컨벌루션", "Convolution"),
    "합성곱 계층": ("합성곱층", "합성곱계층"),
    "드롭아웃": ("드랍아웃", "드롭 아웃", "드랍 아웃"),
    "혼잡도": ("퍼플렉시티", "펄플렉시티", "당혹도", "혼란도"),
    "정확도": ("정확률", "정답률"),
    "학습": ("훈련", "트레이닝"),
    "학습 속도": ("학습률", "학습율", "러닝 레이트", "러닝레이트", "학습속도"),
    "크로스 엔트로피": ("교차 엔트로피", "교차엔트로피", "크로스엔트로피"),
    "경사하강법": ("경사 하강법", "경사하강 ", "경사법"),
    "기울기": ("그래디언트", "그라디언트", "그레이디언트", "구배"),
    "가중치": ("웨이트", "무게"),
    "편향": ("바이어스", "치우침"),
    "활성화 함수": ("활성 함수", "활성함수", "활성화함수"),
    "소프트맥스": ("소프트 맥스",),
    "맥스 풀링": ("최대 풀링", "최댓값 풀링", "맥스풀링", "폴링"),
    "특징 맵": ("특징맵", "피처 맵", "피처맵", "특성 맵", "특성맵"),
    "윈도": ("윈도우",),
    "One-Hot": ("원핫", "원-핫", "원 핫"),
    "라벨": ("레이블",),
    "초기값": ("초깃값", "초기 값"),
    "데이터셋": ("데이터 셋", "데이터 세트", "데이터세트"),
    "배치 크기": ("배치 사이즈", "배치크기"),
    "매개변수": ("매개 변수", "파라미터", "하이퍼파라미터"),
    "최적화 알고리즘": ("옵티마이저", "최적화기"),
    "과적합": ("과대적합", "오버피팅", "과대 적합"),
    "순환 신경망": ("순환신경망", "재귀 신경망"),
    "메모리 셀": ("기억 셀", "메모리셀"),
    "셀 상태": ("셀상태",),
    "삭제 게이트": ("망각 게이트", "포겟 게이트", "삭제게이트"),
    "epoch": ("에폭", "에포크", "에폭스"),
    "텐서플로우": ("텐서플로 ", "텐서플로의", "텐서플로에", "TensorFlow"),
    "신경망": ("뉴럴 네트워크", "뉴럴 넷", "뉴럴넷"),
    "책의 코드": ("리스팅", "목록 코드"),
    "기준": ("임계값", "문턱값", "역치"),
    "프로필": ("프로파일",),
    "스레드": ("쓰레드",),
    "시드": ("씨드", "시앗"),
    "자동 완성": ("자동완성",),
}
# Turns that only a translation takes.
TRANSLATED = (
    "에 의해",
    "에 의한",
    "를 가지",
    "을 가지",
    "를 가진",
    "을 가진",
    "그것",
    "되어지",
    "되어진",
    "지게 됩니다",
)
TRANSLATED += (
    "에 있어서",
    "하는 것입니다",
    "것이다",
    "함에 따라",
    "에도 불구하고",
    "하지 않으면 안",
    "것이 가능합니다",
    "으로부터",
)


def sentences(text):
    """Yield the sentences of the prose of a page: code, tables, headings and what is in brackets are left out."""
    for paragraph in re.split(r"\n\s*\n|^\s*[-*] |^\s*\d+\. ", plain(text), flags=re.M):
        joined = re.sub(r"\s*\([^()]*\)", "", " ".join(paragraph.replace("**", "").split()))
        yield from filter(None, (part.strip() for part in re.split(r"(?<=[.?!])\s+", joined)))


def written(text):
    """Return what a page words: without code, the addresses of links, and the glossary."""
    text = re.split(r"^## 용어$", text, flags=re.M)[0]
    text = re.sub(r"^```.*?^```|^ {4}.*?$|`[^`\n]*`|\]\([^)]*\)|<[^>]*>", " ", text, flags=re.S | re.M)
    return " ".join(text.split())


def complaints(text):
    """Complain of what is wrong in the Korean of a page."""
    found = []
    for sentence in sentences(text):
        if not re.search("[가-힣]", sentence):
            continue
        if not re.search(ENDINGS, sentence.rstrip(".?")):
            found.append(f"a sentence ends in 합니다체 (-니다, -시오, -니까): {sentence}")
        elif sentence[-1] not in ".?":
            found.append(f"a sentence ends in a full stop: {sentence}")
        if len(words(sentence)) >= WORDS:
            found.append(f"{len(words(sentence))} words: {sentence}")
    page = written(text)
    for term, variants in VARIANTS.items():
        found += [f"{variant!r}: write {term!r}" for variant in variants if variant in page]
    return found + [f"{turn!r} sounds translated" for turn in TRANSLATED if turn in page]
