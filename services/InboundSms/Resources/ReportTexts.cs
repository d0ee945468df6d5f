using System.Globalization;
using System.Resources;

namespace InboundSms.Resources;

/// <summary>What stands in reports.</summary>
internal static class ReportTexts
{
    private static readonly ResourceManager Resources = new("InboundSms.Resources.ReportTexts", typeof(ReportTexts).Assembly);
    private static readonly CultureInfo Indonesian = CultureInfo.GetCultureInfo("id");

    /// <exception cref="ArgumentException">No text has this name.</exception>
    public static string Of(string name, params object[] arguments) => string.Format(
        Indonesian, Resources.GetString(name, Indonesian) ?? throw new ArgumentException($"There is no text {name}.", nameof(name)), arguments);
}
