namespace Broadcast.Audiences;

/// <summary>What a scanned letter may be. Its first bytes say what it is, whatever it was called.</summary>
internal static class ScannedLetter
{
    public const int Largest = 2 * 1024 * 1024;

    private static readonly (byte[] Start, string Type, string Extension)[] Types =
    [
        ("%PDF-"u8.ToArray(), "application/pdf", "pdf"),
        ([0xFF, 0xD8, 0xFF], "image/jpeg", "jpg"),
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png", "png"),
    ];

    /// <summary>Null: neither PDF nor JPEG nor PNG.</summary>
    public static string? TypeOf(byte[] document) => Types.FirstOrDefault(type => document.AsSpan().StartsWith(type.Start)).Type;

    public static string ExtensionOf(string type) => Types.Single(known => known.Type == type).Extension;
}
