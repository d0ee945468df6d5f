using System.Collections.Frozen;

namespace InboundSms.Routing;

/// <summary>Words of thanks and nothing else: they open no case, and nobody is told keywords for them.</summary>
internal static class Thanks
{
    private const int MostWords = 12;

    private static readonly FrozenSet<string> Thanking = new[]
    {
        "TERIMA", "TERIMAKASIH", "TRIMAKASIH", "TRIMA", "TRIMS", "TRIM", "TRIMAKSH", "MAKASIH", "MAKASI", "MKSH", "TKS", "THX", "THANKS", "THANK", "NUWUN", "SUWUN", "NUHUN", "MATURNUWUN", "HATURNUHUN",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Beside = new[]
    {
        "KASIH", "YOU", "MATUR", "HATUR", "BANYAK", "SEKALI", "YA", "PAK", "BU", "BAPAK", "IBU", "MAS", "MBAK", "MIN", "ADMIN", "ATAS", "JAWABANNYA", "JAWABAN", "INFONYA", "INFO", "INFORMASINYA",
        "INFORMASI", "RESPONNYA", "RESPON", "BANTUANNYA", "BANTUAN", "PERHATIANNYA", "TANGGAPANNYA", "TANGGAPAN", "OK", "OKE", "BAIK", "SIAP", "SAMA", "SEMOGA", "SUKSES", "SALAM",
    }.ToFrozenSet();

    public static bool IsAll(string text)
    {
        var words = Keyword.Words(text).Take(MostWords + 1).ToList();
        return words.Count <= MostWords && words.Exists(Thanking.Contains) && words.TrueForAll(word => Thanking.Contains(word) || Beside.Contains(word));
    }
}
