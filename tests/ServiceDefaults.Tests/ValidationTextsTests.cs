using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace ServiceDefaults.Tests;

public sealed class ValidationTextsTests
{
    public static TheoryData<ValidationAttribute, string> Attributes => new()
    {
        { new RequiredAttribute(), "Wajib diisi" },
        { new StringLengthAttribute(20), "Paling banyak 20" },
        { new StringLengthAttribute(20) { MinimumLength = 2 }, "Harus 2 sampai 20 huruf" },
        { new LengthAttribute(1, 200), "Harus berisi 1 sampai 200" },
        { new EmailAddressAttribute(), "Bukan alamat e-mail" },
        { new UrlAttribute(), "Bukan alamat situs: dimulai dengan https:// atau http://" },
        { new MaxLengthAttribute(5), "Paling banyak 5" },
        { new MinLengthAttribute(5), "Paling sedikit 5" },
        { new RangeAttribute(1, 9), "Harus antara 1 dan 9" },
        { new RegularExpressionAttribute("^a$"), "Bentuknya tidak benar" },
    };

    /// <summary>Through the framework's own messages: a change of theirs shows here.</summary>
    [Theory]
    [MemberData(nameof(Attributes))]
    public void PLT_6_what_is_wrong_with_a_field_is_said_in_Indonesian(ValidationAttribute attribute, string text)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("id");
        try
        {
            ValidationTexts.Of(attribute.FormatErrorMessage("UserLogin")).ShouldBe(text);
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
