using System.Globalization;
using System.IO.Compression;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Documents;
using ServiceDefaults.SignIn;

namespace Broadcast.Reporting;

/// <summary>All of one broadcast in one file: request, letter of authority, revisions, decisions, mandates, list, outcome, answers, history; each part with its SHA-256. Numbers masked.</summary>
internal static class GetDossier
{
    private const string Zip = "application/zip";

    /// <summary>A dossier is whole without its print: LibreOffice may be away, or hang.</summary>
    private static readonly TimeSpan PrintLimit = TimeSpan.FromSeconds(15);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/{id:guid}/dossier.zip", HandleAsync).WithName(nameof(GetDossier))
        .WithSummary("Request, letter, revisions, decisions, list, outcome and history in one file").RequirePermission(Permissions.ReadBroadcasts)
        .Produces<byte[]>(StatusCodes.Status200OK, Zip).ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<FileContentHttpResult, ProblemHttpResult>> HandleAsync(
        Guid id, ClaimsPrincipal user, BroadcastDb db, CityTime city, PdfPrinter printer, IOptions<BroadcastOptions> options, TimeProvider clock, CancellationToken stop)
    {
        // One snapshot: what is counted is what is listed.
        await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop);
        if (await db.ReadableBy(user).SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        var outcome = (await Outcomes.OfAsync(db, [id], options.Value.PricePerSegment, stop))[id];
        var summary = Spreadsheet.Write([await ApprovalSheet.OfAsync(db, broadcast, city.Local, stop), ReportSheets.Report(broadcast, outcome, city.Local)]);
        var parts = new List<(string Name, byte[] Content)>
        {
            ("ringkasan.ods", summary),
            Part("permintaan.json", broadcast),
            Part("revisi.json", (await db.Revisions.AsNoTracking().Where(r => r.BroadcastId == id).OrderBy(r => r.No).ToListAsync(stop)).ConvertAll(Shown)),
            Part("keputusan.json", (await db.Decisions.AsNoTracking().Where(d => d.BroadcastId == id).OrderBy(d => d.At).ToListAsync(stop)).ConvertAll(Shown)),
            Part("hasil.json", outcome),
            Part("kirim-ulang.json", await db.Set<Resend>().Where(r => r.BroadcastId == id).OrderBy(r => r.OrderedAt)
                .Select(r => new { r.OfficialId, r.Attempt, r.Via, r.Reason, r.OrderedBy, r.OrderedAt, r.State, r.IsUncertain, r.Failure, r.ChangedAt }).ToListAsync(stop)),
            Part("riwayat.json", (await db.Events.AsNoTracking().Where(e => e.BroadcastId == id).OrderBy(e => e.Seq).ToListAsync(stop))
                .ConvertAll(e => new { e.At, e.Kind, e.Actor, e.Revision, details = Element(e.Details) })),
            ("penerima.ods", Spreadsheet.Write([ReportSheets.List(broadcast, await RecipientsAsync(db, broadcast, stop), city.Local)])),
        };
        parts.AddRange((await DossierParts.OfAsync(db, id, stop)).Select(part => Part(part.Name, part.Value)));
        if (broadcast.LetterId is { } letterId)
            parts.AddRange(Letter(await db.Letters.AsNoTracking().SingleAsync(l => l.Id == letterId, stop)));
        await transaction.CommitAsync(stop);
        if (await PrintAsync(printer, summary, stop) is { } pdf)
            parts.Insert(0, ("ringkasan.pdf", pdf));
        var contents = Part("isi.json", new
        {
            broadcast.Number,
            at = clock.GetUtcNow(),
            by = user.Actor,
            files = parts.ConvertAll(part => new { part.Name, sha256 = Convert.ToHexStringLower(SHA256.HashData(part.Content)) }),
        });
        return TypedResults.File(Zipped([contents, .. parts], clock.GetUtcNow()), Zip, string.Create(CultureInfo.InvariantCulture, $"berkas-sms-koordinasi-{broadcast.Number}.zip"));
    }

    private static async Task<List<ListedRecipient>> RecipientsAsync(BroadcastDb db, BroadcastMessage broadcast, CancellationToken stop) => await (
        from r in db.Recipients.AsNoTracking()
        where r.BroadcastId == broadcast.Id && r.Revision == broadcast.Revision
        orderby r.UnitCode, r.Name, r.OfficialId
        select new ListedRecipient(
            r,
            db.Set<ReadReceipt>().Where(x => x.BroadcastId == r.BroadcastId && x.OfficialId == r.OfficialId).Select(x => (DateTimeOffset?)x.ReadAt).FirstOrDefault(),
            db.Set<Answer>().Where(x => x.BroadcastId == r.BroadcastId && x.OfficialId == r.OfficialId).Max(x => (DateTimeOffset?)x.At),
            db.Set<MissingReport>().Where(x => x.BroadcastId == r.BroadcastId && x.OfficialId == r.OfficialId).Select(x => (DateTimeOffset?)x.ReportedAt).FirstOrDefault())).ToListAsync(stop);

    private static object Shown(Revision r) => new
    {
        r.No,
        r.Text,
        r.SenderId,
        r.Channel,
        audience = Element(r.Audience),
        r.WithArrivals,
        r.SendAt,
        r.LateAfterMinutes,
        r.ValidUntil,
        invitation = Element(r.Invitation),
        r.Answers,
        r.Author,
        r.AuthorOfficialId,
        r.WrittenAt,
        r.Recipients,
        r.Segments,
        listHash = Hex(r.ListHash),
        contentHash = Hex(r.ContentHash),
    };

    private static object Shown(Decision d) => new
    {
        d.Revision,
        d.Outcome,
        signedHash = Hex(d.SignedHash),
        d.OfficialId,
        d.Actor,
        d.ActedAs,
        d.MandateId,
        checklist = Element(d.Checklist),
        d.Reason,
        d.At,
    };

    private static IEnumerable<(string Name, byte[] Content)> Letter(AuthorizationLetter l)
    {
        yield return Part("surat-kuasa.json", new
        {
            l.Id,
            l.OfficialId,
            l.GrantedByOfficialId,
            l.GrantedAs,
            l.Reference,
            l.Subject,
            l.Kinds,
            l.UnitIds,
            l.ValidFrom,
            l.ValidTo,
            l.RegisteredBy,
            l.RegisteredAt,
            l.RevokedAt,
            l.RevokedBy,
            l.RevokedReason,
            documentSha256 = Hex(l.DocumentSha256),
        });
        if (l.Document is { } document)
            yield return ($"surat-kuasa.{l.DocumentType switch { "application/pdf" => "pdf", "image/png" => "png", _ => "jpg" }}", document);
    }

    private static async Task<byte[]?> PrintAsync(PdfPrinter printer, byte[] summary, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(PrintLimit);
        try
        {
            return await printer.PrintAsync(summary, "ods", limit.Token);
        }
        catch (PrintingException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static byte[] Zipped(IEnumerable<(string Name, byte[] Content)> parts, DateTimeOffset now)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in parts)
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = now;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }

        return file.ToArray();
    }

    private static (string Name, byte[] Content) Part(string name, object value) => (name, JsonSerializer.SerializeToUtf8Bytes(value, Json));

    private static JsonElement? Element(string? json) => json is null ? null : JsonElement.Parse(json);

    private static string? Hex(byte[]? hash) => hash is null ? null : Convert.ToHexStringLower(hash);
}
