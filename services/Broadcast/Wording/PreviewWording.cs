using System.ComponentModel.DataAnnotations;
using Broadcast.Receiving;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Wording;

/// <summary>While somebody writes: how the text comes out for each kind of recipient, in how many SMS, at what cost. Nothing is kept.</summary>
public static class PreviewWording
{
    /// <param name="Text">With placeholders.</param>
    /// <param name="BroadcastId">Of which it is the wording: its answers begin with its number. Left out: with one of four digits.</param>
    public sealed record Request([Required, StringLength(BroadcastText.Longest, MinimumLength = 1)] string Text, Guid? BroadcastId = null);

    /// <param name="Travel">For the shortest and the longest of them.</param>
    /// <param name="Samples">One for each kind of post, for who is in by name, and for a shared phone.</param>
    internal sealed record Response(Travel Travel, IReadOnlyList<Rendered> Samples);

    /// <param name="Kind">Of the recipient's post; Person or Shared.</param>
    /// <param name="Characters">As the operator counts them: septets, or UTF-16 units.</param>
    internal sealed record Rendered(string Kind, string Text, int Characters, int Segments, bool IsGsm);

    internal static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/wording/preview", HandleAsync)
        .WithName(nameof(PreviewWording)).WithSummary("Shows how a text comes out for each kind of recipient, in how many SMS and at what cost; nothing is kept")
        .RequirePermission(Permissions.ReadAudiences).ProducesValidationProblem();

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request, BroadcastDb db, IOptions<BroadcastOptions> options, IOptions<ReceivingOptions> receiving, TimeProvider clock, CancellationToken stop)
    {
        if (BroadcastText.Refuse("text", request.Text, out var text) is { } refusal)
            return refusal;
        var number = await db.Broadcasts.Where(b => b.Id == request.BroadcastId).Select(b => (long?)b.Number).SingleOrDefaultAsync(stop);
        text = PlaceholderText.WithCode(text, receiving.Value.CodeOf(number));
        var samples = await Samples.ForAsync(db, text, clock.GetUtcNow(), stop);
        return TypedResults.Ok(new Response(Travel.Of(text, samples, options.Value.PricePerSegment), [.. samples.Select(sample => ToRendered(text, sample))]));
    }

    private static Rendered ToRendered(string text, Samples.Sample sample)
    {
        var rendered = PlaceholderText.Render(text, sample.Name, sample.Title, sample.Unit);
        var measured = SmsText.Measure(rendered);
        return new(sample.Kind, rendered, measured.Units, measured.Segments, measured.IsGsm);
    }
}
