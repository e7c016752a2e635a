"""Small inputs that fuzzing came to: each is answered with a view or one line.

The first ones are the smallest inputs by which `runs/fuzz.sh` reached each kind of
refusal. What it finds in the future is added as ``base64(zlib(content))``, under a
name that says what was wrong.
"""

import base64
import time
import zlib
from pathlib import Path

import pytest

from bsgi.dicom.read import read_file

INPUTS = {
    "a Nuclear Medicine Image got no SOP class": ("eNpjYBhY4OLp7AsAA0IBHg=="),
    "byteslengthexception": (
        "eNpjYBhY4OLp7MsEpIMDWRhmAWmm/6QDBkYG/wQnoF6QgYxMQDrUU4rBkIFBz0gPAK9UN6E="
    ),
    "valueerror": (
        "eNrFjj0KwlAQhCdPBUkhEjsLyQmGfT+Jz1YtTBGiBAtv5nGdmM4LuMsyMPsxDPDfuXaX3knHxxJv"
        "qUOB4TyppnDSZ7eHZ2BORm9mmQ09k06uOSxEHGYitBTD2GazFJmZTnmilLIVVf3kzJ9KnxKBoWE6"
        "ei9nh/G2wf2lbkNfR2WGeo0VSlXqvr20Dh/Mfhn7"
    ),
    "notimplementederror": (
        "eNrFj8FqwzAQRMdKCiaHEhLoIYfiL1gkWUmVo5uWdsGOgpUcAob8Vv+pP9WJk1Oh566QRuw+hh3g"
        "f+tNd52htu0UX1SDAun1qqzCUE+6ghMvMVhx1tooa3ESeNm1BhMSzzfCb4SM1JtobaglStjGK0WX"
        "OanFL5/vcbLgZAYvfi3hxTl2lsifjzicuVvqqpqevgAeMONKmtNF+4oGJUpU7KReP3TftMOh167p"
        "z0M+NkfdDe+d5qxpX+IJK3J/ZmBiRr2fyZjcjH/c35sa/AA24iun"
    ),
    "typeerror": (
        "eNrFkE1Lw0AQhqfrB6GIiIpID2XV+7K72bbpMabSLmSzIZsghYD2LEXRf+Ov9Q16sAE9CQ4sM+/M"
        "w3ws0f/awmaOwTf5Pr3DMxqQv+08bMDgGzsiJbRIjBRKSpmIiVDC4CErGe2BGH8SeirAiHiaSGli"
        "kQgzTzoKXU5Anff6dKqrnaI2JMQTYWZKIXNGYXVM5RrbecdjdNWcIjooCxra4B9sxdECmSgLxH1l"
        "l7ZI87asrEurdRvqtLZZe+dsCNYX4C4aS6OfrwBxCWL8+xWg+CKlSEut5FQZ6Kuevu7pm56WtaND"
        "OccC3Uy9o+Id9bdWhtU3xVKFCY/4O1Y4RC+5p6PlZovSdsPvn1+f3jh97fABRgRLrg=="
    ),
    "a damaged DICOM file it does not inflate": (
        "eNpjYBhY4OLp7MsEpEN9WBjmAGkmBkYGfycQDQSMTEA61FOKwVDPSM/CxEDP0MDAwELPVM9QzwSI"
        "gaIGTAzMQBVyEBVGZnpANXrGZv//G5gY61nomVha6DExGAFNEQCqEkMzB8Qz1LO0ZGIQAspyMRjp"
        "GZnqmZjDXVW5LPeKau2bl3NC5K8qFga+Xvbh5nGbnAVdqz4X9VUGactOdXP/nsm78Zncp5nSHtsz"
        "V8YabJ/zqc3FI8RPcBXI/dfVn8YGzzWb5ZkWGHz3/UKDaxp1azlnsCSERMxsVtt187D+4nlCKj9M"
        "WmbyftkQHxJVvusdN7+ZlZD8nzuHVD6nnBP+kPngjtS574b9oXavyjd3nnzGsDegiPtCpNmuc1PX"
        "XfjDyTXP+pO9o+JjT1bmIxHnutmsDJcsMLI+df9slq7XunB173ue/5kAhER2Pg=="
    ),
    "a damaged DICOM file the length of its head": (
        "eNpjYBhY4OLp7EuaKhB7DwTU7SEL4LKBCUiH+rAwzAHSTAyMDP5OIBoIGJmAdKinFIORnpGehYmB"
        "nqGBgYGFnqmeoZ4JEBvqGRkwMTADVcgxGIBUGJnpAdXoGZtZGBiYGOtZ6JlYWoBUAU0RAKoSYzBE"
        "MQfEM9SztGRiEALKcoFsMdUzMTc0BKoXZgj24GMIiAS6z99XwRhorpHC2pDc/NshInZlm076LN1x"
        "2+FaycLdTQETxd7fKsxRf3vNInPWDpXCzthVIKc7hujIbrmZzrJ/waPnHybGb4pnsvn+y6r2JkvN"
        "gotrz9vqn7d8bnnc7AXf1svVIstPXl/2783uVk+1rKilezMEvvfPnZz3JzT9hE/Bdf+SW8U+GxQi"
        "Cl/tOx4rN+vKFNl3B4+bLFb8lu3uOlWF/+i+bYLHG194iZlOfXqq7uiyC/d2mrXuZ2QAAAVNo2k="
    ),
    "a Nuclear Medicine Image got an identifier t": (
        "eNrFkd9KAkEUxs+uG4gXYRQREjL1AMPsOOpudLNq1IS65sxeCGKUCHlhN9oD1GP0dF32EmXfrouQ"
        "0HUHlvNnv/mdc2aI/tc6ut1z4ZOuR+/wLjkUt1IPc1z4RFfI55IHSnBfCBHwOve5woeqcKkARXWj"
        "kA0ODa81AiFUjQdchUGqAqUM1dEOJ81k1inRJUK8hvk+KodkbvZpMMJ0cY/VQJWMirTXNlTSJr7X"
        "QwYEKkVUWDzU17ofdccDB6zhaGxsZHV7fNXTxui4D91x0qfK31tAcZJoqm63uMsu53L9/ZF6RUUH"
        "E1GxKVVdCdFA7iL3TNtiLsfrxlSehGGqnT49z1bzlwUjW/DMhnObc1o5p6SkkmEoRC3d6muHdGpn"
        "088cYqfALiZsOVuuHhbzxzlZYonJnsnS2TY6zztd5J0knRy84m68QTSMEL9pKAUjRrJj8J9RM/PW"
        "ZfnJX3H2+gA7Kf4H8V1izw=="
    ),
    "not known to be a breast view no attribute g": (
        "eNrFUsFKw0AQfbstda0iokXEg0S9L7tpGlMFbYxSF5KmNhURCirqsSDi3f/w34T+hHiRrpPWgw2I"
        "4MVdluHNPN7M7Azwv+fYRAknex6X8UKWgyE9yi0dxsmemw1o6crAU1IrpQLZkFp69MirOErE2Jwy"
        "XF8SR9b9QCmvLgNr7XPOIpVlYtUKOjlqUGyFYlW40m1Ib1dr8qwiO11C95KqSxOnTqrupNooq8Jk"
        "6ZXpOSQhIMjjIO2ZtumE8aDbM0nYuxxk/bBvosFJYrLMpB2BtV+6EFj/uQvpNSe1UjYHx6GAq1yt"
        "fO0JbBXwdgHvFLBCP6lANakAyunOoPoM6tIPcIRa4Jp65OgkAg+I00W0b4bDG+eizOK0gvvH+9sn"
        "p49aOTubDnT0vDwZIP29HVuMxNegWwzIccCmw23Ru/vj0rx9uwzsfcZB11pgjhaDgTNumeWE2QcY"
        "22u1D6xPO8bt/nwUB83DSJPAQsmWxyULyzjFxigxzqjY11Ge7BOP3393"
    ),
    "an original primary image got something that": (
        "eNrFUk1Lw0AQnWy/1rSWoiLiQWI9u2zSWOMxtqILTVIbixQKWtCTFkH9IZ79df4S69tNWmhAr+6y"
        "zMybt29msiH639VXvYjBjgdl+oRlZFFyri2WxWDHap9c4YnAl8KVUgbiRLjCxwEqGZXAOMgYXleA"
        "IzrdQEq/IwLhnwWaBZUWWDsFHR3p3BZyNsE/Ef6p6wLZpvSqScMJuksipwNVzyFOlV5KtkqTOzVy"
        "IAGEA2knI3Wp4lANotF0GI4m0/4kDiPVm15EKk1VEuu7u2NF+7/PAcYeGAd/zwGW0w+Je9JzZdf1"
        "ER8W4nYhPirE8iaiqjxDA7qmtxZ11qJhekUsdOHdY0oWR/AWi4Qal7P5fObcvrw+venJPoYx3oq3"
        "PgbInb8+zt7ee7O5o79Yey+9Ns/8vPj+0vaBuIVvS/zmWPqoUqEGValMTTy7fnRGNmKbakA2keMG"
        "t4A3TdSgjRWWrUaO1+CXDJPyY+VexrTM1nF55Wc6JZNnOZp1sVRYolautNQi1ONUR1eVHMt+WCNW"
        "xwAcxwZYW5WzQK2bSxsYLUOq5nLd7CpOsZyWLRnNZWvrjbDcM3d+ANtRXGg="
    ),
    "the breast got another anatomic region code": (
        "eNrFUl1rE0EUPTOblGkVKSpSFGStD77oMLPfW2PSzSSkA9lsmk2RQkAD+qRBaf0hffYX+Q98EvpL"
        "dryLT8mLvnlhuJx7D+d+zAX+r42sKTn5i2kH38lzMFTD1pMxTv7CPoaWgcwiJbVSKpOx1DKiR1HF"
        "4RHj6R9GkEjiyDDJlIpCmckoz1oWqRwS6+GOTotiyt2n3AECGcQySrWmyAPUZ/cwv6TuqtIPSTXw"
        "Bbow9QFsXb2zC58kBARFfFQLO7GzYrqaL2xZLC5X9bJYWrMal7aubTUTePSXKQSO/mEKAR+jQiBQ"
        "gVaJjgSe7eDjHfx8Byssyz2onBqgmsEWCrfQnDbAUWiB9zQjx6wU+IppdReT9Waz9t9+ufp0TTu5"
        "wXwG6uzmsM0Nrz6ur7+Z9cZv93V0XJ8Dn+kjG4fbD2h5YPWZwPKViqgMcTjhJ1vWZYMXLu+MTwcl"
        "GuaG+yZPJ1ESMe6x0Lis0zvRad/RiTSpd3I66buEjoa71/tmmuUDoxnYnZdFnPRHQco8cFd003Hv"
        "jYkcYx7r9vpDZc4d8+h02N6Pn0mcgjWcsY4jHee5TuM5OMYJNUThjNr/ddve428yQ4IH"
    ),
    "not known to be a breast view no attribute g again": (
        "eNrFU11rE0EUPbNNw1IkBBUpfShjBd86zn403aViu0ma7ch+xGyiBIIasL5oUNr+kD776/wl1jPd"
        "ENqgvjrD7L3nzrl37r0zC/zf0Te93KGcZA38oHQgUHat5BAO5cTswFO+ikKtPK11pA6Up0IuWrWD"
        "DTJ2a4bfUeSooBNpHQYqUmEcWRajtMl6vBbHIrv3kHtboH6gwkPPo+URqrMWhlNmV+YyYFRfwsVm"
        "r8KWqcoPZiQZghaXFlmOTGqKJJsNRyZPRtNZNU7Gpjc7zU1VmbIg78nEYOfvVZCxTcbuv6oIQJbs"
        "J3B97Xu644XET9fw3hp+tob1OEdTx0zAnunfQ8E9NKzO4CQetY+s0Slyat+zEg/S+WIxl+++XXy5"
        "tD25Hha8Kbd9bfe6F+fzy6vefCFtv/a2qze3l/z15tdPKz/BFews3PG+DnkMOcIhblSjsdUbjNGs"
        "Y9BbLr3V0vv50ruZ7idBcPgH30Z2/vmKV91mTq1Bkptsqt+n5u1pIWmVZDgDj5q2XfHiTqh9HRGf"
        "2AoH5NStBiRad64DBjFnDykGiEVlXyangxMkCHCEV+giwvFttoIrQh8v4NNyxOcpltZNhIxyjJd4"
        "TdxYscXqu3Fn1SeI+ke44VidKn4DTER/tA=="
    ),
    "modality NM got nothing": (
        "eNrFUlGL00AQ/pKrJR61xB5KOUT2sU/LbpK26YuY9treQpOUbE4pFLWCT1LUO3/IPfqf/FN+m+sp"
        "FdRHN2xm9ptvZ2ZnBvi/68LMcp/yatXCN0ofHsqpk1yeT3llzqFlJNNESa2USuVQaplwE1U+Tsh4"
        "fseIRpIcGY9SpZJYpjKZpI5FLyFZvd/8fG8sPVpOEcloKJOx1kTOYC+7WG+YW5mLmD4jD3iAU6Zk"
        "bPnWVIIOAgQQRMrKLE2RrbbryuRZtdnaOqvNbDvPjbWmLAI8xTl5f35DALRJUBNaeIiPTpGKtBrp"
        "JIBCnbd/4Uen+Oi05gN8ZDrAO8ysjyIP8BmrsoPlbr/fidefrj/eiAC3WBfgM25DZ5tef9jdfJ3t"
        "9iISIQu2LrpYZLlZbfSbpXk1L4gKevGx0CGzucgC6MkoUZFKQ7xsIi3czTCzLajheNPHE6JtTKt5"
        "Zus+czC0DMdq2McXWlqoTT7vY9ozZI1c8krgERvy7G8NZRbdfzbdscKmDloIPGbkO+2s0WJqoskg"
        "21bU3zfZr8TADZx1QzhAi1gHeVmUs8uqzOcRrcHBzwAPkdUBasao6WngBsy6MRswltM61Fgjy97I"
        "aMvNO/DuOR5esGJuyDlZHGGv0byfiHf4ThrEb3Qc/vfMH/6Cesc="
    ),
    "an original primary image got ORIGINAL somet": (
        "eNrFUstu00AUPeO0KFQVhIcQ6iIysOkCTcePODZNSB2npIOSOIoToUqRaFR1hQKo5RP4gErs2LHi"
        "K/gP9nwAv8CZSYhIJNji0fU998zRfcwM8H+/js76Dv2kt4XP9A4E8rbx/IRDP9F78KQv41BJTykV"
        "y5r0ZEgjqxyUqKguFH4kqZFBFCsVBjKWYRIbFbNUqLq/kcdEZu8u93ZAXJNh3fPI3ENxcgvDU3aX"
        "992AWX0XZWxnBXZ0kb/WI5cpyJTJuPlId/Ug7U2Hgk2PTqfFOB3rbHrc10Wh8wF1DyYae3+fgoqH"
        "VFT/PQVVbidF2Ve+pyIvZPxoI368ET/ZiNW4jxsqYQOmpr8WBWvRsDiBk3pEZ5zRGfSJ3vdy7HZn"
        "8/nMffXu8s2VOZPr4YBDlyvXZq99eTG7+pDN5i7Pa/1uJ4W9hX3csWiXSHUKlAPpTwNzvPsCvzVC"
        "rJBj0W2ikkXAGBWLBNEil/j68ef3c/Ht7c3Wl0/yx5mqpmgiMA8I5kYOkEKRaXHFiOAsXhc60GiI"
        "p2RCWoJDqkvkX6KO52hwNXGMZ/zDvswmNQm1PrkajuiFXQlRRDsiilm3ziyCem31Gbp4QV8s+3Go"
        "S6k6ZI029S2b3fQZs6MD5mlxr2QZY9usmJBrsC+BrZVarP6lP2xRQSwndJZqy/0CDll2QQ=="
    ),
    "a static or dynamic image got something that": (
        "eNrFU+9r01AUPck2CWOW2qGUIeOpXwZq9l6atunWlSX9tWDTjrZTCkWt4Ccp6uYf4kf/PP1H1PNu"
        "VmGF6UdfSe+955533slNAvzf1Unbmct4MdjEN0YXDkaJjVyOy3iR7sH4gR+F2jda68iv+sYPeRHV"
        "LjbI2M8ZQc0nx6/UIq3Dih/5YSOyLKoUySqt6eSdEjvbCPyg6od1Y4jsYnJWwPmM3kaZqlAzUB62"
        "sE1L6WT0Jh0rCnjwoIiMxmk/HcaD+fk4zeLxbD6ZxlNg3s3SySQdDT08wB55t9+DhzL2V4xb78Ge"
        "5pEV6MDomgk9PFqrH6/VT9ZqjTusdYMGeGZwo6rcqM5l/rHx8FayYebhE3aY9RfL5UK9+nj54Yoz"
        "+SrPkLFoe8nl+8XVl/ZiqQJV5MQLxHpxlg5m5nU/fdkdElWi1zNFurHuTKMW6kBHRZzmHbvTsaq6"
        "Wp+VcV98JeNuPJmW6WGTVTUKq2V8lnyaZt0ykpJl1ax5rXAXD/8+Tboo/HPillUUT0Yp3PuT7UpW"
        "YabEQTwfM38n6EAdwJXMwQG7O/lLbgGtlJtXCnWJUyi3yfjzF76HMkY4HbTQkOtIRLa4t4sTNDFC"
        "m2iDucNX3l7HCPHMifGc6DE1m/LxbOAFR1mhRkIkYTwhZrU0a4MBeuw/5X8iqMt+zN0JNbpUarOb"
        "r6podPBDzm2RK88FZzyhRa2IvWMcihvbaaJGhQ5frEiQ1a/P+og7Tq8HA9kB6a2QFXdDEPdacXVi"
        "zvwN4+9+cg=="
    ),
    "a Nuclear Medicine Image got CT Image Storag": (
        "eNpjYBhY4OLp7MsEpEN9WBjmAGkmBkYGfycQDQSMTEA61FOKwVDPSM/CxEDP0MDAwELPVM9QzwSI"
        "gaIGTAzMQBVyEBVGZnpANXrGZhYGBibGehZ6JpYWIFVAUwSAqsTQzAHxDPUsLZkYhICyXAxGekam"
        "eibmhoZA9cIMwR58DAGRQPf5+yoYA801UmgNyc2/HSJhW+aTuipojmFAi9YTXjsXYePrfY+PXMjb"
        "etfk45Qjqt9WaLm26rgoNZVMSKt5+lT8zfcPE+M3xTPNqX6cEj3zwMTa+dM/z3n+1K6rc/uEJ7s9"
        "Pr95XZKy22mGQebGib2X8qx6fj3eHGjV4Sb+eE9Hl4lkOVvmvOU3Lxxhr5hTx3H945xt+jJtXdsu"
        "l8Qcf+6tPbPQpWaLW0Wjc89ljltOP3iXv/2RGL1oxtljnimHhOdpM103L3zeVve97d9H3tgFEm8c"
        "WnQaLPde33Is+5bkp3l9J0w/8lZfMZSZ8UPwbw7/3ZNJhhvPz9fbv3+br83xmwJr3uxUrf1YZLYz"
        "TnVy69ubYjq/vhVK8V7611p903f/K57MrScXPb6yNaJ3zTle5viKRbkPI1Ktpk4MmyItcPaaK+/7"
        "y7uymiuudH5adEwqqGqW7sU1D9WreEReLgh2rtFW1ZpwlFv6fcEs9v+mvmEb/+8Xnq7hffbg1tyQ"
        "mZW6e5cvYVONDhXodZ8yf8Wr32WyVnLB//8zMNyWY7tp4F21OOfCxxem3vOs7rmFzNB4r6nz1m5z"
        "qaGKs8s8v5uL2+yEkvoy6w/kh6St3bB4hsXMry5nFy66IPWTX1Jw46GvKdeKL596Z7Zt+uW7Z8TW"
        "Kyz5x88AANBgCkE="
    ),
}
"""Inputs by what came of them."""


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_of_the_fuzzer_is_answered(name: str, tmp_path: Path) -> None:
    path = tmp_path / "input.dcm"
    path.write_bytes(zlib.decompress(base64.b64decode(INPUTS[name])))
    begun = time.process_time()
    source = read_file(path)
    assert time.process_time() - begun < 1.0
    assert source.views or source.refusals
    for reason in source.refusals:
        assert reason.isprintable()
        assert reason.endswith(".")
        assert len(reason) < 300
