using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Notification.Applications;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Notification.Templates;

/// <summary>How a text comes out before anything is sent: filled in, how many SMS it is, what makes it so many, what it costs.</summary>
public static class PreviewTemplate
{
    /// <param name="Content">What is being written; or a template.</param>
    /// <param name="TemplateId">Its newest version.</param>
    /// <param name="Language">Which of its texts.</param>
    /// <param name="Personalisation">What is missing is named in the answer.</param>
    public sealed record Request(
        TemplateContent? Content = null,
        Guid? TemplateId = null,
        Language Language = Language.Indonesian,
        IReadOnlyDictionary<string, string?>? Personalisation = null);

    /// <param name="Text">With the values in their places.</param>
    /// <param name="Subject">Of an e-mail.</param>
    /// <param name="Missing">Placeholders without a value.</param>
    /// <param name="Sms">How it travels; null for an e-mail.</param>
    public sealed record Response(string Text, string? Subject, IReadOnlyList<string> Missing, Travel? Sms);

    /// <param name="Characters">As the operator counts them: septets, or UTF-16 units.</param>
    /// <param name="Segments">SMS that are charged.</param>
    /// <param name="IsGsm">False: UCS-2, in which half as much fits.</param>
    /// <param name="OutsideGsm">The characters that are to blame for it.</param>
    /// <param name="Cost">In rupiah; null where the price is not set.</param>
    public sealed record Travel(int Characters, int Segments, bool IsGsm, IReadOnlyList<string> OutsideGsm, decimal? Cost);

    internal static void Map(IEndpointRouteBuilder templates) => templates.MapPost("/preview", HandleAsync)
        .WithName(nameof(PreviewTemplate)).WithSummary("Shows how a text comes out, in how many SMS and at what cost; nothing is sent")
        .RequirePermission(Permissions.ReadTemplates).ProducesValidationProblem();

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request, NotificationDb db, IOptions<ApplicationOptions> options, TimeProvider clock, CancellationToken stop)
    {
        if ((request.Content is null) == (request.TemplateId is null))
            return Problems.Invalid("content", "text-or-template");
        if (request.Content?.Refuse() is { } refusal)
            return refusal;
        var written = request.TemplateId is { } id
            ? await db.FindTemplateAsync(id, stop)
            : request.Content!.VersionOf(new() { Id = Guid.Empty, Name = "", CreatedAt = default, Version = 0 }, "", clock.GetUtcNow());
        if (written is null)
            return Problems.Invalid("templateId", "template-unknown");

        var values = request.Personalisation ?? new Dictionary<string, string?>(StringComparer.Ordinal);
        if (values.Count > Wording.MostValues || values.Values.Any(value => value is { Length: > Wording.LongestValue }))
            return Problems.Invalid("personalisation", "too-many-values");
        var (subject, text) = (written.SubjectIn(request.Language), written.TextIn(request.Language));
        var filled = Wording.Fill(text, values);
        var missing = Wording.PlaceholdersOf(text + subject).Where(name => values.GetValueOrDefault(name) is null).Order(StringComparer.Ordinal);
        return TypedResults.Ok(new Response(filled, subject is null ? null : Wording.Fill(subject, values), [.. missing],
            written.IsEmail ? null : TravelOf(filled, options.Value.SegmentPrice)));
    }

    private static Travel TravelOf(string text, decimal? price)
    {
        var measured = SmsText.Measure(text);
        var outside = text.EnumerateRunes().Select(rune => rune.ToString()).Distinct(StringComparer.Ordinal).Where(character => !SmsText.Measure(character).IsGsm);
        return new(measured.Units, measured.Segments, measured.IsGsm, [.. outside.Take(20)], price * measured.Segments);
    }
}
