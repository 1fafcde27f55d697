"""Writes tests/data/tokenizers.tar.zst: small tokenizers of CLIP's, T5's and Qwen2's kind, and what the originals make of 200 prompts.

Vocabularies are trained here on the prompts themselves, with merges and pieces enough that words are cut in every way.
The numbers are those of transformers' own classes for each folder, as real packages have them: parts only,
`tokenizer.json` only, `spiece.model` only. Padding is not written: the length and the token say it."""
import io, json, logging, pathlib, shutil, subprocess, sys, tarfile, tempfile
import sentencepiece
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers, Regex
from transformers import CLIPTokenizer, Qwen2Tokenizer, T5Tokenizer
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

logging.disable(logging.WARNING)
packed = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/tokenizers.tar.zst")
root = pathlib.Path(tempfile.mkdtemp())
LENGTHS = {"clip": 77, "t5": 64}

SENTENCES = {
    "en": ["A red cat sits by the blue sea", "Close-up of an old sailor's hands, 35mm, f/1.4", "She didn't know it'd rain; they're late & we'll wait",
           "neon-lit street at night, wet asphalt", "The lighthouse keeper's daughter reads a letter", "low angle, 2:39, anamorphic flare (soft)"],
    "de": ["Ein roter Fuchs läuft über die verschneite Straße", "Größe und Maß: ein Haus aus Glas", "Die Übelkeit der Köchin am frühen Morgen",
           "Fußgängerübergangsweg im Nebel", "„Komm mit!“, rief das Mädchen", "Äpfel, Öl und Ärger"],
    "fr": ["Une vieille église au bord de l'océan", "L'été à Nîmes, où naît la lumière", "Ça va ? Très bien, merci !", "un cœur brisé, peint à l'huile",
           "« Où es-tu ? » demanda-t-elle", "forêt brumeuse à l'aube"],
    "pl": ["Zażółć gęślą jaźń", "Stary młyn nad rzeką o świcie", "Żółw pod czerwonym parasolem", "Łódź w porcie, mgła i światło", "Dziewczyna czyta książkę w pociągu", "śnieg na górach"],
    "tr": ["İstanbul'da yağmurlu bir akşam", "Kırmızı bir kedi ve mavi deniz", "ılık ışık, ince çizgi", "Gökyüzünde uçan balık", "Şehrin üstünde güneş doğuyor", "IĞDIR'da kış"],
    "ru": ["Красная кошка у синего моря", "Старик и ёлка в снегу", "Поезд уходит в туман", "Портрет девушки, масло, холст", "Ночной город после дождя", "Подъезд, объявление, съёмка"],
    "ar": ["قطة حمراء بجانب البحر الأزرق", "مدينة قديمة عند الغروب", "مُحَمَّد يَقْرَأُ كِتَابًا", "فتاة تقرأ رسالة", "سوق مزدحم في المطر", "السّلام عليكم، كيف الحال؟"],
    "he": ["חתול אדום ליד הים הכחול", "שָׁלוֹם עֲלֵיכֶם", "רחוב ישן בלילה גשום", "ילדה קוראת ספר", "זריחה מעל ההרים", "בית קפה בתל־אביב"],
    "hi": ["नीले समुद्र के पास लाल बिल्ली", "पुरानी हवेली में बारिश", "लड़की किताब पढ़ रही है", "क्षितिज पर सूर्योदय", "हिन्दी में एक वाक्य", "बाज़ार की भीड़"],
    "th": ["แมวสีแดงข้างทะเลสีฟ้า", "ถนนเก่าในคืนฝนตก", "เด็กหญิงอ่านหนังสือ", "พระอาทิตย์ขึ้นเหนือภูเขา", "ตลาดน้ำที่คึกคัก", "น้ำใสไหลเย็น"],
    "ja": ["青い海のそばの赤い猫", "雨の夜の古い通り", "ﾊﾝｶｸカタカナとひらがな", "少女が手紙を読んでいる、逆光", "山の上の日の出。", "ガラスの家"],
    "zh": ["蓝色大海边的红猫", "雨夜的老街，霓虹灯", "女孩在读一封信", "山上的日出。水墨画", "１２３全角数字ＡＢＣ", "「你好」她说"],
    "ko": ["푸른 바다 옆의 빨간 고양이", "비 오는 밤의 오래된 거리", "편지를 읽는 소녀", "한글 자모"],
    "vi": ["Con mèo đỏ bên bờ biển xanh", "Phố cổ trong đêm mưa", "Cô gái đọc thư", "Tiếng Việt rất đẹp"],
}
STRANGE = ["", " ", "\t", "\n\n", "  two  spaces  ", "tab\tand\nnewline\r\n", "\u00a0no\u00a0break\u2003em\u3000ideographic", "zero\u200bwidth\u200djoin\ufeffmark\u00adsoft",
           "🐱🌊", "👩‍🚀 on 🌙", "🏳️‍🌈🇩🇪🇫🇷", "👍🏽👍🏿", "e\u0301 = é; a\u0308 = ä; \u1e9b\u0323", "Z\u0351\u036bA\u0343L\u0350G\u0300O\u0301", "ﬁne ﬂow Ⅷ ½ ① ㎏ ℃ ™", "Ǆ ǅ ǆ ŉ",
           "ℌ𝔢𝔩𝔩𝔬 𝒲ℴ𝓇𝓁𝒹", "ᄒ\u1161\u11ab글", "…“quotes”—dash–dash‐hyphen", "1234567890 3.14 1,000,000 1e-5", "CamelCase snake_case kebab-case", "!!!???...,,,", "<|endoftext|> inside",
           "<|startoftext|>", "</s> <pad> <unk>", "a</w>b", "▁under▁score", "it's IT'S it’s 'S 'll", "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>hi<|im_end|>\n", "<tool_call>{\"a\": 1}</tool_call>", "x" * 300, "word " * 100, "猫" * 100, "ééé" * 60]


def prompts():
    found = [text for sentences in SENTENCES.values() for text in sentences]
    tongues = list(SENTENCES.values())
    # The same words as people also write them: shouted, spaced out, joined across languages.
    found += [text.upper() for text, *_ in tongues] + [f"  {text}  ,({text})" for _, text, *_ in tongues]
    found += [f"{a}/{b[::-1]}\n{c}" for (a, *_), (_, b, *_), (*_, c) in zip(tongues, tongues[1:], tongues[2:])]
    found += [" ".join(text for sentences in tongues[at:at + 3] for text in sentences) for at in range(0, 12, 2)]
    found += STRANGE
    extra = [f"{one[0]} 🎬 {two[1]} №{n}" for n, (one, two) in enumerate(zip(tongues * 5, tongues[3:] * 5))]
    return (found + extra)[:200]


def write(file, value):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, ensure_ascii=False) + "\n")


def bpe(normalizer, pattern, behavior, invert, size, sentences=None, **how):
    tokenizer = Tokenizer(models.BPE(**how))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), behavior, invert=invert), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False, **how)
    tokenizer.train_from_iterator((sentences or prompts()) * 3, trainer)
    return [tuple(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]]


def clip(folder):
    plain = [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    pattern = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    merges = bpe(normalizers.Sequence(plain), pattern, "removed", True, 1100, end_of_word_suffix="</w>")
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = letters + [letter + "</w>" for letter in letters] + ["".join(merge) for merge in merges] + ["<|startoftext|>", "<|endoftext|>"]
    vocab = {word: at for at, word in enumerate(dict.fromkeys(words))}
    write(folder / "vocab.json", vocab)
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(" ".join(merge) for merge in merges) + "\n")


def t5(folder):
    model = io.BytesIO()
    corpus = [text for text in prompts() if text.strip()]
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(corpus), model_writer=model, vocab_size=700, model_type="unigram", character_coverage=0.98, pad_id=0,
                                             eos_id=1, unk_id=2, bos_id=-1, normalization_rule_name="nmt_nfkc", hard_vocab_limit=False, minloglevel=2)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spiece.model").write_bytes(model.getvalue())


def qwen2(folder, sentences=None, size=1500):
    """Every byte, what was learnt, and behind it the signs of its own; some of them count as text."""
    merges = bpe(normalizers.NFC(), PRETOKENIZE_REGEX, "isolated", False, size, sentences=sentences)
    words = sorted(pre_tokenizers.ByteLevel.alphabet()) + ["".join(merge) for merge in merges]
    vocab = {word: at for at, word in enumerate(dict.fromkeys(words))}
    write(folder / "vocab.json", vocab)
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(" ".join(merge) for merge in merges) + "\n")
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    signs = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"]
    added = {len(vocab) + at: dict(plain, content=sign, special=not sign.endswith("tool_call>")) for at, sign in enumerate(signs + ["<tool_call>", "</tool_call>"])}
    write(folder / "tokenizer_config.json", {"added_tokens_decoder": added, "add_prefix_space": False, "bos_token": None, "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>",
                                             "unk_token": None, "model_max_length": 131072, "tokenizer_class": "Qwen2Tokenizer"})


def folder(name, kind, parts, config, special=None):
    out = root / name
    shutil.rmtree(out, ignore_errors=True)
    parts(out)
    write(out / "tokenizer_config.json", config)
    if special:
        write(out / "special_tokens_map.json", special)
    return out


def told(out, kind):
    """What the original makes of every prompt, cut to the family's length."""
    original = (CLIPTokenizer if kind == "clip" else T5Tokenizer).from_pretrained(str(out))
    ids = original(prompts(), truncation=True, max_length=LENGTHS[kind]).input_ids
    write(out / "expected.json", {"kind": kind, "length": LENGTHS[kind], "pad": original.pad_token_id, "ids": ids})
    return original


def only_json(out, kind, original):
    """The same tokenizer as its one file."""
    shutil.rmtree(out, ignore_errors=True)
    original.save_pretrained(str(out))
    for file in out.iterdir():
        if file.name not in ("tokenizer.json", "tokenizer_config.json"):
            file.unlink()
    told(out, kind)


if __name__ == "__main__":
    clip_config = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>", "model_max_length": 77,
                   "tokenizer_class": "CLIPTokenizer"}
    t5_config = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "model_max_length": 512, "tokenizer_class": "T5Tokenizer"}
    write(root / "prompts.json", prompts())
    original = told(folder("clip-parts", "clip", clip, clip_config), "clip")
    only_json(root / "clip-json", "clip", original)
    # SDXL's second tokenizer: filled up with "!", which only the map of special tokens says.
    bare = {key: value for key, value in clip_config.items() if key != "pad_token"}
    told(folder("clip-filled-otherwise", "clip", clip, bare, {"pad_token": {"content": "!", "lstrip": False, "rstrip": False, "single_word": False, "normalized": False}}), "clip")
    original = told(folder("t5-spiece", "t5", t5, t5_config), "t5")
    only_json(root / "t5-json", "t5", original)
    qwen2(root / "qwen2-parts")
    for name in ("qwen2-parts", "qwen2-json"):
        original = Qwen2Tokenizer.from_pretrained(str(root / "qwen2-parts"))
        if name == "qwen2-json":
            original.save_pretrained(str(root / name))
        ids = original(prompts()).input_ids
        write(root / name / "expected.json", {"ids": ids, "texts": original.batch_decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)})
    with tarfile.open(root / "all.tar", "w") as tar:
        for file in sorted(f for f in root.rglob("*") if f.is_file() and f.name != "all.tar"):
            entry = tarfile.TarInfo(str(file.relative_to(root)))
            entry.size = file.stat().st_size
            tar.addfile(entry, io.BytesIO(file.read_bytes()))
    subprocess.run(["zstd", "-q", "-f", "-19", str(root / "all.tar"), "-o", str(packed)], check=True)
    shutil.rmtree(root)
    print(len(prompts()), "prompts,", packed.stat().st_size // 1024, "KiB")
