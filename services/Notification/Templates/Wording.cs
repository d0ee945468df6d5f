using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;

namespace Notification.Templates;

/// <summary>
/// Placeholders are names in braces: <c>{nama}</c>. A value is put in once and not read again, so that braces in a value are only braces. What is missing is refused, and
/// so is what the template does not know: both are mistakes that a citizen would read.
/// </summary>
internal static partial class Wording
{
    public const int LongestValue = 500;
    public const int MostValues = 50;

    [GeneratedRegex(@"\{(?<name>[^{}]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A\p{L}[\p{L}\p{Nd}_ ]{0,31}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    /// <summary>No control characters but line breaks.</summary>
    public static bool IsPlain(string text) => text.All(character => character == '\n' || !char.IsControl(character));

    /// <summary>Every brace belongs to a placeholder with a proper name.</summary>
    public static bool IsWellFormed(string text) => Placeholder().Replace(text, found => Name().IsMatch(found.Groups["name"].Value) ? "" : "{").IndexOfAny(['{', '}']) < 0;

    public static IReadOnlySet<string> PlaceholdersOf(string? text) =>
        Placeholder().Matches(text ?? "").Select(found => found.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>With the values in their places; what has none stays as it is written.</summary>
    public static string Fill(string text, IReadOnlyDictionary<string, string?> values) =>
        Placeholder().Replace(text, found => values.GetValueOrDefault(found.Groups["name"].Value) ?? found.Value);

    /// <summary>The text as it is sent, or what is wrong with the values, named below <paramref name="field"/>.</summary>
    public static (string? Text, ProblemHttpResult? Wrong) Of(string text, bool isTemplate, IReadOnlyDictionary<string, string?>? values, string field, string? subject = null)
    {
        values ??= new Dictionary<string, string?>(StringComparer.Ordinal);
        if (values.Count > MostValues)
            return (null, Problems.Invalid(field, "too-many-values"));
        IReadOnlySet<string> wanted = isTemplate ? PlaceholdersOf(text + subject) : new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            if (!wanted.Contains(name))
                return (null, Problems.Invalid($"{field}.{Shown(name)}", "value-unknown"));
            if (value is null or { Length: > LongestValue } || !IsPlain(value))
                return (null, Problems.Invalid($"{field}.{name}", "value-invalid"));
        }

        return wanted.FirstOrDefault(name => !values.ContainsKey(name)) is { } missing
            ? (null, Problems.Invalid($"{field}.{missing}", "value-missing"))
            : (isTemplate ? Fill(text, values) : text, null);
    }

    /// <summary>The newest version of a template that is in use.</summary>
    public static Task<TemplateVersion?> FindTemplateAsync(this NotificationDb db, Guid id, CancellationToken stop) => (
        from template in db.Templates
        join version in db.TemplateVersions on new { template.Id, template.Version } equals new { Id = version.TemplateId, version.Version }
        where template.Id == id && template.RetiredAt == null
        select version).AsNoTracking().SingleOrDefaultAsync(stop);

    // What a caller writes goes back to him shortened: an answer is no place for a whole request.
    private static string Shown(string name) => name.Length <= 32 ? name : name[..32];
}
