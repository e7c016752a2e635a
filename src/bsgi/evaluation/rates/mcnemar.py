"""McNemar's test: do two methods differ in their calls of the same patients?

Only patients whom one method called right and the other wrong can tell. Without a true
difference each of them is as likely to be on one side as on the other.
"""

from dataclasses import dataclass

from scipy.stats import binom, chi2


@dataclass(frozen=True, slots=True)
class McNemar:
    """The test in four forms; every p value is two-sided.

    Args:
        only_first: Patients whom the first method alone called right.
        only_second: Patients whom the second method alone called right.
        p_exact: Exact conditional test, which is the binomial test of one half.
        p_mid: Its mid-P variant, less conservative: only half of the chance of what
            was observed is counted.
        chi_square: McNemar's statistic, one degree of freedom.
        p_chi_square: Its p value, an approximation for large numbers.
        chi_square_corrected: The same with Edwards' correction for continuity.
        p_chi_square_corrected: Its p value.
    """

    only_first: int
    only_second: int
    p_exact: float
    p_mid: float
    chi_square: float
    p_chi_square: float
    chi_square_corrected: float
    p_chi_square_corrected: float


def compare_paired(only_first: int, only_second: int) -> McNemar:
    """McNemar's test from the discordant pairs.

    With b and c of them and n = b + c, the exact p value is twice the chance of at most
    min(b, c) among n fair coins, at most 1; the mid-P value is less by the chance of
    exactly b, or by half of it where b = c. The chi-square is (b - c)^2 / n, corrected
    (|b - c| - 1)^2 / n; where b = c there is nothing to correct. Where no pair is
    discordant nothing speaks for a difference: all p values are 1.

    Args:
        only_first: Patients whom the first method alone called right.
        only_second: Patients whom the second method alone called right.

    Raises:
        ValueError: If a number is negative.

    References:
        McNemar 1947, doi 10.1007/BF02295996. Edwards 1948, doi 10.1007/BF02289261.
        Fagerland, Lydersen and Laake 2013, doi 10.1186/1471-2288-13-91.
    """
    if min(only_first, only_second) < 0:
        raise ValueError(
            f"discordant pairs must not be negative, got {only_first}, {only_second}."
        )
    number = only_first + only_second
    if number == 0:
        return McNemar(0, 0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0)
    observed = float(binom.pmf(only_first, number, 0.5))
    apart = abs(only_first - only_second)
    if apart == 0:
        exact, mid = 1.0, 1.0 - observed / 2.0
    else:
        fewer = min(only_first, only_second)
        exact = min(1.0, 2.0 * float(binom.cdf(fewer, number, 0.5)))
        mid = exact - observed
    plain = apart**2 / number
    corrected = max(apart - 1, 0) ** 2 / number
    return McNemar(
        only_first=only_first,
        only_second=only_second,
        p_exact=exact,
        p_mid=mid,
        chi_square=plain,
        p_chi_square=float(chi2.sf(plain, 1)),
        chi_square_corrected=corrected,
        p_chi_square_corrected=float(chi2.sf(corrected, 1)),
    )
