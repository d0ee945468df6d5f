using System.IO.Compression;
using System.Xml;

namespace Directory.Import;

/// <summary>The tables of an ODS file, of a ZIP of CSV files, or of one CSV file; read row by row, within one <see cref="Allowance"/>.</summary>
internal static class ReadFile
{
    /// <summary>Bytes of the file itself: an organisation of 5,000 officials with 20 years of history takes less than a quarter.</summary>
    public const int Largest = 8 * 1024 * 1024;

    /// <param name="file">Its bytes.</param>
    /// <param name="sheet">Name of the table when the file is a single CSV.</param>
    /// <param name="take">Gets each table in turn, and reads as much of its rows as it wants.</param>
    /// <exception cref="UnreadableFileException">It is none of the three, or too large.</exception>
    public static void Read(byte[] file, string? sheet, Action<RawSheet> take)
    {
        var allowance = new Allowance();
        if (!file.AsSpan().StartsWith("PK"u8))
        {
            var title = sheet ?? throw new UnreadableFileException("import-file");
            take(new(title, ReadCsv.Rows(() => new MemoryStream(file, writable: false), title, allowance)));
            return;
        }

        try
        {
            using var zip = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
            if (zip.Entries.Count > Allowance.MostEntries)
                throw new UnreadableFileException("import-file");
            foreach (var table in TablesOf(zip, allowance))
                take(table);
        }
        catch (Exception fault) when (fault is InvalidDataException or XmlException or NotSupportedException)
        {
            throw new UnreadableFileException("import-file");
        }
    }

    private static IEnumerable<RawSheet> TablesOf(ZipArchive zip, Allowance allowance)
    {
        if (zip.GetEntry("content.xml") is { } content)
        {
            allowance.TakeBytes(content);
            return ReadOds.Read(content.Open(), allowance);
        }

        // A ZIP of a Mac has beside each file a hidden one of the same name.
        var files = zip.Entries.Where(entry => entry.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !entry.Name.StartsWith('.')).ToList();
        return files.Count == 0 ? throw new UnreadableFileException("import-file") : files.Select(entry => TableOf(entry, allowance));
    }

    private static RawSheet TableOf(ZipArchiveEntry entry, Allowance allowance)
    {
        var title = Path.GetFileNameWithoutExtension(entry.Name);
        return new(title, Rows());

        // Nothing of an entry that nobody reads is unpacked.
        IEnumerable<RawRow> Rows()
        {
            allowance.TakeBytes(entry);
            foreach (var row in ReadCsv.Rows(entry.Open, title, allowance))
                yield return row;
        }
    }
}
