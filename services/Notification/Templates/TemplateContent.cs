using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Notification.Templates;

/// <summary>What a template says, as it is written.</summary>
/// <param name="Indonesian">With placeholders in braces, such as <c>{nama}</c>.</param>
/// <param name="English">The same placeholders; left out: Indonesian is sent.</param>
/// <param name="SubjectIndonesian">Makes it an e-mail.</param>
/// <param name="SubjectEnglish">Where an e-mail has English words.</param>
public sealed record TemplateContent(
    [Required, StringLength(10_000, MinimumLength = 1)] string Indonesian,
    [StringLength(10_000, MinimumLength = 1)] string? English = null,
    [StringLength(TemplateContent.LongestSubject, MinimumLength = 1), RegularExpression(@"^\P{C}*$")] string? SubjectIndonesian = null,
    [StringLength(TemplateContent.LongestSubject, MinimumLength = 1), RegularExpression(@"^\P{C}*$")] string? SubjectEnglish = null)
{
    public const int LongestSubject = 200;

    /// <summary>As the administrators' lists show the record that an edit is about: its version, and where to read the rest.</summary>
    internal static Expression<Func<Template, State>> ToState { get; } = template => new(template.Id, template.Name, template.RetiredAt, template.Version);

    /// <param name="Id">Of the template.</param>
    /// <param name="Name">Its name now.</param>
    /// <param name="RetiredAt">Since when nothing is ordered with it.</param>
    /// <param name="Version">To go on from.</param>
    internal sealed record State(Guid Id, string Name, DateTimeOffset? RetiredAt, long Version);

    /// <summary>What is wrong with it, named below <c>content</c>.</summary>
    internal ProblemHttpResult? Refuse()
    {
        (string Field, string? Text)[] texts =
            [("indonesian", Indonesian), ("english", English), ("subjectIndonesian", SubjectIndonesian), ("subjectEnglish", SubjectEnglish)];
        foreach (var (field, text) in texts)
        {
            if (text is null)
                continue;
            var code = !text.IsVisible ? "empty" : !Wording.IsPlain(text) || !text.IsNormalizable ? "control-characters"
                : !Wording.IsWellFormed(text) ? "placeholder"
                : SubjectIndonesian is null && text.Length > Applications.OrderSms.LongestText ? "text-too-long" : null;
            if (code is not null)
                return Problems.Invalid($"content.{field}", code);
        }

        return (English is null || SubjectIndonesian is null) != (SubjectEnglish is null) ? Problems.Invalid("content.subjectEnglish", "subject-languages")
            : English is not null && !Wording.PlaceholdersOf(English + SubjectEnglish).SetEquals(Wording.PlaceholdersOf(Indonesian + SubjectIndonesian))
                ? Problems.Invalid("content.english", "placeholders-differ")
            : null;
    }

    internal TemplateVersion VersionOf(Template template, string writtenBy, DateTimeOffset now) => new()
    {
        TemplateId = template.Id,
        Version = template.Version,
        Indonesian = Indonesian,
        English = English,
        SubjectIndonesian = SubjectIndonesian,
        SubjectEnglish = SubjectEnglish,
        WrittenAt = now,
        WrittenBy = writtenBy,
    };
}
