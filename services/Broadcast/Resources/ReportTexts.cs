using System.Globalization;
using System.Resources;

namespace Broadcast.Resources;

/// <summary>What stands in reports and dossiers. Official documents are in Indonesian.</summary>
internal static class ReportTexts
{
    private static readonly ResourceManager Resources = new("Broadcast.Resources.ReportTexts", typeof(ReportTexts).Assembly);

    public static CultureInfo Indonesian { get; } = CultureInfo.GetCultureInfo("id");

    /// <exception cref="ArgumentException">No text has this name.</exception>
    public static string Of(string name, params object[] arguments) => string.Format(
        Indonesian, Resources.GetString(name, Indonesian) ?? throw new ArgumentException($"There is no text {name}.", nameof(name)), arguments);
}
