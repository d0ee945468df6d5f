using System.IO.Compression;
using System.Xml;

namespace Directory.Import;

/// <summary>The tables of an ODS file, of a ZIP of CSV files, or of one CSV file. Bounded: what a small file unfolds to is not believed.</summary>
internal static class ReadFile
{
    /// <summary>Bytes of the file itself: an organisation of 5,000 officials with 20 years of history takes less than a quarter.</summary>
    public const int Largest = 8 * 1024 * 1024;

    public const int MostRows = 200_000;
    public const int MostColumns = 40;
    private const int LargestUnpacked = 96 * 1024 * 1024;
    private const int MostEntries = 200;

    /// <param name="file">Its bytes.</param>
    /// <param name="sheet">Name of the table when the file is a single CSV.</param>
    /// <exception cref="UnreadableFileException">It is none of the three, or too large.</exception>
    public static IReadOnlyList<RawSheet> Read(byte[] file, string? sheet)
    {
        if (!file.AsSpan().StartsWith("PK"u8))
            return [new(sheet ?? throw new UnreadableFileException("import-file"), ReadCsv.Read(file))];
        try
        {
            using var zip = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
            if (zip.Entries.Count > MostEntries)
                throw new UnreadableFileException("import-file");
            if (zip.GetEntry("content.xml") is { } content)
                return ReadOds.Read(Unpack(content));
            return [.. zip.Entries.Where(entry => entry.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
                .Select(entry => new RawSheet(Path.GetFileNameWithoutExtension(entry.Name), ReadCsv.Read(Unpack(entry).ToArray())))];
        }
        catch (Exception fault) when (fault is InvalidDataException or XmlException or NotSupportedException)
        {
            throw new UnreadableFileException("import-file");
        }
    }

    /// <summary>A ZIP can say any length: only what comes out counts.</summary>
    private static MemoryStream Unpack(ZipArchiveEntry entry)
    {
        var unpacked = new MemoryStream();
        using var packed = entry.Open();
        var buffer = new byte[81_920];
        int read;
        while ((read = packed.Read(buffer)) > 0)
        {
            if (unpacked.Length + read > LargestUnpacked)
                throw new UnreadableFileException("import-too-large");
            unpacked.Write(buffer, 0, read);
        }

        unpacked.Position = 0;
        return unpacked;
    }
}
