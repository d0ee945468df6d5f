using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Testing;

/// <summary>An organisation as a city of half a million people has it, as a file to import: a ZIP of CSV files.</summary>
/// <param name="Units">Below one root.</param>
/// <param name="Officials">Each has an account, and a position in which he followed others.</param>
/// <param name="Years">Of history; a position changes hands every two and a half.</param>
public sealed record LargeCity(int Units = 200, int Officials = 5_000, int Years = 20)
{
    private const int TermMonths = 30;

    public int Assignments => Officials * (Years * 12 / TermMonths);

    public byte[] ToFile()
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "unit.csv", "kode;nama;kode induk", Enumerable.Range(0, Units).Select(n => $"K{n};Dinas {n};{(n == 0 ? "" : $"K{(n - 1) / 8}")}"));
            Add(zip, "jabatan.csv", "kode;nama jabatan;jenis;kode unit", Enumerable.Range(0, Officials).Select(n => $"J{n};Jabatan {n};Staf;K{n % Units}"));
            Add(zip, "pejabat.csv", "nip;nama;nomor hp", Enumerable.Range(0, Officials).Select(n => $"{Number(n)};Pegawai {n};0813{30_000_000 + n}"));
            Add(zip, "riwayat jabatan.csv", "nip;kode jabatan;mulai;sampai", Enumerable.Range(0, Officials).SelectMany(History));
            Add(zip, "akun.csv", "nama pengguna;nip;peran", Enumerable.Range(0, Officials).Select(n => $"pegawai{n};{Number(n)};"));
        }

        return file.ToArray();
    }

    /// <summary>Of 18 digits, more than a spreadsheet keeps of a number.</summary>
    private static string Number(int n) => $"19850101201001{n:0000}";

    private IEnumerable<string> History(int position)
    {
        var terms = Years * 12 / TermMonths;
        var start = new DateOnly(2026, 1, 1).AddMonths(-terms * TermMonths);
        return Enumerable.Range(0, terms).Select(term => string.Create(CultureInfo.InvariantCulture,
            $"{Number((position + term) % Officials)};J{position};{start.AddMonths(term * TermMonths):dd/MM/yyyy};{(term == terms - 1 ? "" : $"{start.AddMonths((term + 1) * TermMonths):dd/MM/yyyy}")}"));
    }

    private static void Add(ZipArchive zip, string name, string header, IEnumerable<string> rows)
    {
        using var entry = new StreamWriter(zip.CreateEntry(name, CompressionLevel.Fastest).Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        entry.WriteLine(header);
        foreach (var row in rows)
            entry.WriteLine(row);
    }
}
