using System.ComponentModel.DataAnnotations;
using Broadcast.Receiving;
using Broadcast.Storage;
using Broadcast.Wording;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Sms;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>Whom rules would reach if the list were frozen now, how many segments that is and what it costs. Nothing is kept.</summary>
internal static class PreviewAudience
{
    private const string Query = $"""
        {Rules.Judged}
        select official_id as "OfficialId", name as "Name", title as "Title", unit_code as "UnitCode", number as "Number", reasons as "Reasons", skip_reason as "SkipReason", is_shared as "IsShared"
        from judged order by unit_code, rank, name, official_id
        """;

    /// <param name="Audience">The rules.</param>
    /// <param name="Text">Of the SMS, with placeholders; left out: nothing is measured.</param>
    /// <param name="CorrectsId">The audience is whom this broadcast reached; there are no rules then.</param>
    /// <param name="BroadcastId">Whose wording it is: it is not the same text as its own, and its answers begin with its number.</param>
    public sealed record Request([Required] Audience Audience, [StringLength(1600)] string? Text = null, Guid? CorrectsId = null, Guid? BroadcastId = null);

    /// <param name="Persons">Who fulfil the rules, each once.</param>
    /// <param name="Recipients">Who would get an SMS.</param>
    /// <param name="Skipped">Who would not, by reason: with the recipients they are all persons.</param>
    /// <param name="Shared">Recipients whose number is another person's too: where the text names people, theirs names nobody.</param>
    /// <param name="Segments">Of the SMS; null without a text.</param>
    /// <param name="Price">Of all segments, in rupiah; null without a text or a price.</param>
    /// <param name="SameText">Numbers of the broadcasts with the very same text that were sent in the last 24 hours or wait for it.</param>
    /// <param name="FirstPage">The first of them, by unit, rank and name.</param>
    public sealed record Answer(
        int Persons, int Recipients, IReadOnlyDictionary<string, int> Skipped, int Shared, SegmentCount? Segments, decimal? Price, IReadOnlyList<long> SameText, IReadOnlyList<Person> FirstPage);

    /// <param name="Least">Of one SMS.</param>
    /// <param name="Most">Of one SMS.</param>
    /// <param name="Average">Of one SMS.</param>
    /// <param name="Total">Of all.</param>
    public sealed record SegmentCount(int Least, int Most, double Average, long Total);

    /// <param name="OfficialId">Who.</param>
    /// <param name="Name">His name.</param>
    /// <param name="Title">Of his post.</param>
    /// <param name="UnitCode">Of its unit.</param>
    /// <param name="Number">Masked.</param>
    /// <param name="Reasons">Rules by which he is in.</param>
    /// <param name="SkipReason">Why he would get none.</param>
    /// <param name="IsShared">The text would name nobody.</param>
    public sealed record Person(Guid OfficialId, string Name, string? Title, string? UnitCode, string? Number, IReadOnlyList<string> Reasons, string? SkipReason, bool IsShared);

    private sealed record Row(Guid OfficialId, string Name, string? Title, string? UnitCode, string? Number, string[] Reasons, string? SkipReason, bool IsShared);

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/audience/preview", Handle)
        .WithName(nameof(PreviewAudience)).WithSummary("Whom rules would reach now, with segments and price").RequirePermission(Permissions.ReadAudiences).ProducesValidationProblem();

    private static async Task<Results<Ok<Answer>, ProblemHttpResult>> Handle(
        Request request, BroadcastDb db, IOptions<BroadcastOptions> options, IOptions<ReceivingOptions> receiving, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (request.CorrectsId is { } corrects && !await db.Broadcasts.AnyAsync(b => b.Id == corrects, stop))
            return Problems.Invalid("correctsId", "value");
        var own = await db.Broadcasts.Where(b => b.Id == request.BroadcastId).Select(b => (long?)b.Number).SingleOrDefaultAsync(stop);
        if (request.BroadcastId is not null && own is null)
            return Problems.Invalid("broadcastId", "value");
        if (await CheckAudience.RefuseAsync(db, request.Audience, request.CorrectsId is not null, now, stop) is { } refusal)
            return refusal;
        if (request.Text is { } written && (!written.IsNormalizable || written.Contains('\0', StringComparison.Ordinal)))
            return Problems.Invalid("text", "value");

        var text = request.Text is null ? null : PlaceholderText.WithCode(BroadcastText.Kept(request.Text), receiving.Value.CodeOf(own));
        var parameters = await Rules.ParametersAsync(db, request.Audience, request.CorrectsId, now, now, stop);
        var (skipped, page) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new List<Person>());
        var (persons, shared, least, most, total) = (0, 0, int.MaxValue, 0, 0L);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        await db.Database.ExecuteSqlRawAsync(Rules.PlanForMany, stop);
        await foreach (var row in db.Database.SqlQueryRaw<Row>(Query, [.. parameters]).AsAsyncEnumerable().WithCancellation(stop))
        {
            if (persons++ < Paging.PageSize)
                page.Add(new(row.OfficialId, row.Name, row.Title, row.UnitCode, row.Number is null ? null : PhoneNumber.Mask(row.Number), row.Reasons, row.SkipReason, row.IsShared));
            if (row.SkipReason is not null)
            {
                skipped[row.SkipReason] = skipped.GetValueOrDefault(row.SkipReason) + 1;
                continue;
            }

            shared += row.IsShared ? 1 : 0;
            if (text is not null && RecipientSegments.Of(text, row.Name, row.Title, row.UnitCode, row.IsShared) is var segments)
                (least, most, total) = (Math.Min(least, segments), Math.Max(most, segments), total + segments);
        }

        var recipients = persons - skipped.Values.Sum();
        var measured = text is null || recipients == 0 ? null : new SegmentCount(least, most, Math.Round((double)total / recipients, 2), total);
        var same = text is null ? [] : await SameText.FindAsync(db, text, own, receiving.Value, now, stop);
        return TypedResults.Ok(new Answer(persons, recipients, skipped, shared, measured, measured?.Total * options.Value.PricePerSegment, same, page));
    }
}
