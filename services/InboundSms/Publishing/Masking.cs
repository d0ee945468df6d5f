using System.Text.RegularExpressions;

namespace InboundSms.Publishing;

/// <summary>
/// Finds in a text what must not be public: telephone numbers, NIK and KK, e-mail addresses, number plates. Public is the original with these spans masked;
/// nothing is rewritten (BJN 11e, SPBE 24(5)).
/// </summary>
internal static partial class Masking
{
    private const char Mask = '█';

    [GeneratedRegex(@"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Email();

    // Digits apart by some blanks, dots, dashes of any length and the like, or by a comma that touches both.
    [GeneratedRegex(@"\+?\(?\p{Nd}(?:(?:[\s.\p{Pd}()/_~*;:=|'’·•+xX]{0,4}|,)\p{Nd}){6,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LongNumber();

    // A number perhaps hidden behind letters that look like digits: o8l2 3456 789o.
    [GeneratedRegex(@"(?<![\p{L}\p{N}])[\doOlLiI|sSbB](?:[\s.\p{Pd}]?[\doOlLiI|sSbB]){8,}(?![\p{L}\p{N}])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DisguisedNumber();

    // A person's name perhaps: what stands behind a form of address, with a capital, or in small letters unless it is a word that people say there; behind "nama" and "a.n."
    // in whatever letters. Titles of offices are no names. A name that is passed over is public, a word that is none costs a look.
    [GeneratedRegex($@"(?<![\p{{L}}\p{{N}}])(?:(?i:pak|bu|bapak|ibu|bpk|sdri?|saudar[ai]|mas|mbak|kang|h|hj|kh|ust(?:ad|adz)?|dr)[.\s]\s*(?!(?i:{Offices})(?!\p{{L}}))(?<name>\p{{Lu}}[\p{{L}}'’]+)|(?i:pak|bu|bapak|ibu|bpk|sdri?|saudar[ai]|mas|mbak)[.\s]\s*(?!(?:{Offices}|{Said})(?!\p{{L}}))(?<name>\p{{Ll}}[\p{{L}}'’]{{2,}})|(?i:nama(?:\ssaya)?|atas\snama|a\.?n\.?)[:\s]\s*(?<name>\p{{L}}[\p{{L}}'’]+))", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    private const string Offices =
        "bupati|wali|walikota|wakil|camat|lurah|kades|kepala|kadus|kadin|sekda|sekretaris|gubernur|presiden|menteri|ketua|rt|rw|guru|dokter|bidan|polisi|admin|petugas|dan|yth";

    // What follows "pak" and "bu" in citizens' SMS and is no name.
    private const string Said =
        "ada|adalah|agar|air|akan|aku|anak|antri|apa|apakah|atas|atau|bagaimana|bagian|bahwa|bangun|banjir|banyak|bapak|baru|bantu|bantuan|barusan|beberapa|begini|belum|benar|berapa"
        + "|besok|biar|bisa|boleh|buat|bukan|butuh|cek|coba|dalam|dari|dengan|depan|desa|dinas|disini|disana|dong|dua|gimana|hallo|halo|hamil|hanya|hari|harus|hati|ibu|ini|iya|itu|izin"
        + "|jadi|jalan|jam|jangan|jika|juga|kalau|kalo|kami|kamu|kantor|kapan|karena|kasihan|kasus|kata|kecamatan|kelurahan|kemarin|kenapa|kepada|kita|kok|kota|kurang|lagi|laki|lalu|lampu"
        + "|lapor|lebih|listrik|lubang|maaf|macet|maksud|malam|mana|mandi|mari|masa|masalah|masih|masyarakat|mati|mau|melahirkan|mengapa|menyusui|minta|mohon|muda|nanti|negara|nih|nya|obat"
        + "|orang|paling|para|parah|pada|pasar|pasien|pekerja|penting|perawat|perempuan|permisi|pernah|pertiwi|pihak|pimpinan|pohon|pun|pungli|puskesmas|rakyat|rumah|rusak|saja|saat|sakit|salam"
        + "|sama|sampah|sampai|sangat|satpam|satu|saya|sebab|sebagai|sebelum|segera|sejak|sekali|sekarang|sekolah|selama|selamat|selalu|semoga|semua|sering|siang|siapa|silakan|silahkan|sini|sopir"
        + "|sore|soal|sudah|supaya|surat|susah|tadi|tahun|tahu|tanah|tanya|tapi|telah|tentang|terima|terimakasih|ternyata|tetangga|tetap|tiap|tidak|tiga|titip|toh|tolong|tua|tukang|tunggu|udah"
        + "|untuk|usul|utk|walaupun|warga|yang|yth|assalamualaikum|makasih|terus|tdk|sdh|blm|dgn|yah|aja|trus|gak|nggak|enggak|kah|lah|sekalian|kadis|kabid|kasi|kapolsek|kapolres|dandim|danramil|direktur|mantri|haji|modin|carik|bayan|sekcam|sekdes|satpol|bro";

    // Region code, digits, series: R 1234 AB. In small letters only with three or four digits, or "di 12 ..." would be one.
    [GeneratedRegex($@"(?<![\p{{L}}\p{{N}}])(?:(?:{Regions})[\s\-]?\d{{1,4}}[\s\-]?(?!RT|RW|NO|KM)[A-Z]{{1,3}}|(?i:(?:{Regions})[\s\-]?\d{{3,4}}[\s\-]?[A-Z]{{1,3}}))(?![\p{{L}}\p{{N}}])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plate();

    private const string Regions =
        "A[ABDEG]?|B[ABDEGHKLMNP]?|D[ABCDEGHKLMNPRSTW]?|E[ABD]?|F|G|H|K[BHTU]?|L|M|N|P[AB]?|R|S|T|W|Z";

    // Invisible characters, and those that turn the direction of writing, could show another text than was written. The joiner of emoji (U+200D) stays.
    [GeneratedRegex(@"[\u200B\u200C\u200E\u200F\u2060\uFEFF\u202A-\u202E\u2066-\u2069]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Invisible();

    [GeneratedRegex(@"^\d{1,2}[-./]\d{1,2}[-./]\d{4}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Date();

    // Opening hours: 08.00-15.00.
    [GeneratedRegex(@"^(?:[01]?\d|2[0-4])[.:][0-5]\d\s*[\p{Pd}/]\s*(?:[01]?\d|2[0-4])[.:][0-5]\d$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hours();

    [GeneratedRegex(@"(?:(?<=Rp\.?\s?)|(?<![\d+])(?=[1-57-9]))\d{1,3}(?:\.\d{3})+(?!\d)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Amount();

    /// <summary>What is never public, as <see cref="Spans"/>.</summary>
    public static int[] Find(string text)
    {
        var read = ReadText.Of(text);
        var amounts = Amount().Matches(read.Text).Select(match => (match.Index, match.Length)).ToHashSet();
        var numbers = LongNumber().Matches(read.Text).Where(match => IsPersonal(match) && !amounts.Contains((match.Index, match.Length)));
        return Redaction.Widen(text, Spans.Union(
            Spans.Merge(Invisible().Matches(text).Select(match => (match.Index, match.Index + match.Length))),
            read.SpansOf(Email().Matches(read.Text).Concat(Plate().Matches(read.Text)).Concat(numbers))));
    }

    /// <summary>What is never public, and what a person hides besides.</summary>
    public static int[] With(string text, int[] byHand) => Spans.Union(Find(text), Redaction.Widen(text, byHand));

    /// <summary>
    /// What only a person can tell ("tinjau"), outside of what is masked: a number in disguise, a name. No masks of their own: half of them are none.
    /// </summary>
    public static int[] Doubtful(string text, int[] masks)
    {
        var read = ReadText.Of(text);
        return Spans.Except(
            read.SpansOf(DisguisedNumber().Matches(read.Text).Where(IsDisguised).Concat<Capture>(Name().Matches(read.Text).Select(match => match.Groups["name"]))), masks);
    }

    /// <summary>The public text.</summary>
    public static string Apply(string text, int[] spans) => string.Create(text.Length, (text, spans), static (shown, original) =>
    {
        original.text.CopyTo(shown);
        for (var i = 0; i < original.spans.Length; i += 2)
            shown.Slice(original.spans[i], original.spans[i + 1]).Fill(Mask);
    });

    private static bool IsDisguised(Match number) => number.Value.Any(char.IsLetter) && number.Value.Count(char.IsDigit) >= 5;

    private static bool IsPersonal(Match number)
    {
        if (Date().IsMatch(number.Value) || Hours().IsMatch(number.Value))
            return false;
        var digits = number.Value.Count(char.IsDigit);
        return digits >= 9 || number.Value.TrimStart('(')[0] is '0' or '+' or '6' or '8';
    }
}
